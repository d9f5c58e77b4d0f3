"""The hours of a campaign, and what became of its messages."""

from datetime import UTC, datetime, time

import pytest
from sqlalchemy import func, select, update

from bot.compliance import countries
from bot.store.columns import seconds_from_now
from bot.store.tables import accounts, campaign_recipients, campaigns
from bot.text import business_hours
from bot.text.format import TOKYO
from tests.campaigns.crowd import Crowd, number
from tests.campaigns.plans import NOTICE
from tests.messaging.campaign import DAY, NIGHT

WEEK_S = 7 * 24 * 3600


def test_at_night_everybody_is_put_off_until_the_morning(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(countries, "shipped", lambda: NIGHT)
    crowd.gathers(2)
    crowd.plans(2)
    assert crowd.estimate().later == {"hours": 2}
    crowd.starts()
    assert crowd.queues() == 2
    assert crowd.queues() == 0

    assert (crowd.messages(), crowd.links()) == ([], [])
    made = crowd.progress()
    assert (made.people, made.put_off) == ({"waiting": 2}, 2)
    assert made.next_turn is not None
    assert made.next_turn > datetime.now(UTC)
    [first, _] = crowd.recipients()
    assert first.reason.startswith("quiet hours")
    assert first.not_before > datetime.now(UTC)

    monkeypatch.setattr(countries, "shipped", lambda: DAY)
    crowd.does(update(campaign_recipients).values(not_before=seconds_from_now(-1)))
    crowd.queues()
    crowd.texting.sends()
    assert crowd.got() == {number(1): 1, number(2): 1}
    assert crowd.campaign().state == "finished"
    assert (crowd.progress().put_off, crowd.progress().next_turn) == (0, None)


def test_who_cannot_be_written_to_for_a_week_is_left_out(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(countries, "shipped", lambda: NIGHT)
    crowd.gathers(2)
    crowd.plans(2)
    crowd.starts()
    crowd.queues()
    again = {"not_before": seconds_from_now(-1)}
    crowd.does(update(campaign_recipients).values(**again))
    assert crowd.queues() == 2
    assert crowd.progress().put_off == 2

    crowd.does(update(campaign_recipients).values(**again, put_off_at=seconds_from_now(-WEEK_S)))
    assert crowd.queues() == 2

    [why] = crowd.progress().left_out
    assert why.startswith("quiet hours")
    assert why.endswith("; for longer than it is of use")
    assert (crowd.messages(), crowd.links()) == ([], [])
    assert crowd.campaign().state == "finished"


def test_who_was_put_off_goes_before_who_had_no_turn_yet(crowd: Crowd) -> None:
    crowd.gathers(3)
    crowd.plans(3)
    crowd.starts()
    of_last = campaign_recipients.c.account_id == select(func.max(accounts.c.id)).scalar_subquery()
    crowd.does(update(campaign_recipients).where(of_last).values(not_before=seconds_from_now(-1)))
    crowd.queues(most=1)
    crowd.texting.sends()

    assert crowd.got() == {number(3): 1}


def test_a_notice_shows_what_became_of_its_messages(crowd: Crowd) -> None:
    crowd.gathers(1)
    crowd.plans(1, NOTICE)
    crowd.starts(NOTICE.name)
    crowd.queues(NOTICE.name)
    crowd.texting.sends()

    [row] = crowd.recipients(NOTICE.name)
    assert (row.status, row.sent) == ("queued", "sent")


def test_outside_of_its_own_hours_nothing_is_queued_nor_sent(crowd: Crowd) -> None:
    now = datetime.now(TOKYO)
    day = business_hours.DAYS[(now.weekday() + 2) % 7]
    crowd.gathers(2)
    crowd.plans(2)
    crowd.starts()
    crowd.queues(most=1)
    crowd.does(update(campaigns).values(hours=f"{day} {time(10):%H:%M}-{time(11):%H:%M}"))

    assert crowd.queues() == 0
    crowd.texting.sends()

    assert crowd.got() == {}
    assert crowd.messages() == [("queued", "campaign_hours")]

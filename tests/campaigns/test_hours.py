"""The hours of a campaign, and what became of its messages."""

from datetime import UTC, datetime, time

import pytest
from sqlalchemy import update

from bot.compliance import countries
from bot.overview import campaigns as overview
from bot.store.columns import seconds_from_now
from bot.store.tables import (
    campaign_recipients,
    campaigns,
)
from bot.text import business_hours
from bot.text.format import TOKYO
from tests.campaigns.crowd import Crowd, number
from tests.campaigns.plans import NOTICE
from tests.messaging.campaign import DAY, NIGHT


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
    assert crowd.progress().people == {"waiting": 2}
    with crowd.runtime.engine.begin() as connection:
        [first, _] = overview.recipients(connection, crowd.campaign().id)
    assert first.reason.startswith("quiet hours")
    assert first.not_before > datetime.now(UTC)

    monkeypatch.setattr(countries, "shipped", lambda: DAY)
    crowd.does(update(campaign_recipients).values(not_before=seconds_from_now(-1)))
    crowd.queues()
    crowd.texting.sends()
    assert crowd.got() == {number(1): 1, number(2): 1}
    assert crowd.campaign().state == "finished"


def test_a_notice_shows_what_became_of_its_messages(crowd: Crowd) -> None:
    crowd.gathers(1)
    crowd.plans(1, NOTICE)
    crowd.starts(NOTICE.name)
    crowd.queues(NOTICE.name)
    crowd.texting.sends()

    with crowd.runtime.engine.begin() as connection:
        [row] = overview.recipients(connection, crowd.campaign(NOTICE.name).id)
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

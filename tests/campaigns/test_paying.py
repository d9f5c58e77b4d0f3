"""What people do with a campaign's links: its own questions, and how far its messages led."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.billing import answers
from bot.campaigns.campaign import CampaignKind, Plan
from bot.compliance import countries
from bot.payments import funnel, timeline
from bot.payments.funnel import Steps
from bot.payments.timeline import What
from bot.runtime import Runtime
from bot.setting_types import Question
from bot.store.columns import seconds_from_now
from bot.store.tables import campaign_recipients, checkouts, payment_links, senders
from tests.campaigns.crowd import REMINDER, Crowd, customer_number, number
from tests.messaging.campaign import DAY
from tests.pages.reading import words
from tests.paying import Paying
from tests.people import OURS

ASKING = replace(REMINDER, questions=("birth_date", "postcode"), link_hours=72)
KNOWN = {Question.BIRTH_DATE: "1980-01-05", Question.POSTCODE: "1000001"}
RIGHT = {"birth_date": "昭和55年1月5日", "postcode": "〒100-0001"}


@pytest.fixture
def paying(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Paying:
    """A gateway and browsers; it is day everywhere."""
    monkeypatch.setattr(countries, "shipped", lambda: DAY)
    return Paying.at(runtime)


@pytest.fixture
def crowd(paying: Paying) -> Crowd:
    """The people of that gateway."""
    return Crowd(paying.texting)


def answer(paying: Paying, **given: str) -> int:
    return paying.browser.post(f"/p/{paying.token}", data=given).status_code


def is_sent(crowd: Crowd, plan: Plan, count: int) -> None:
    crowd.gathers(count)
    crowd.plans(count, plan)
    crowd.starts(plan.name)
    crowd.queues(plan.name)
    crowd.texting.sends()


def test_its_pages_ask_its_questions_before_those_of_sender_and_settings(
    paying: Paying, crowd: Crowd
) -> None:
    paying.changes(update(senders).values(questions=["phone"]))
    crowd.gathers(1)
    index = crowd.runtime.vault.index(customer_number(1))
    with crowd.runtime.engine.begin() as connection:
        answers.keep(connection, crowd.runtime.vault, {index: KNOWN})
    crowd.plans(1, ASKING)
    crowd.starts()
    crowd.queues()
    crowd.texting.sends()
    paying.finds_link(number(1))

    shown = words(paying.opens())
    assert "生年月日" in shown
    assert "電話番号の下4桁" not in shown
    assert answer(paying, phone=number(1)[-4:]) == 422
    assert answer(paying, **RIGHT) == 303

    paying.gets_link(number(1))
    assert "電話番号の下4桁" in words(paying.opens())
    assert answer(paying, phone=number(1)[-4:]) == 303


def test_who_could_not_answer_its_page_is_left_out(crowd: Crowd) -> None:
    is_sent(crowd, ASKING, 1)

    assert crowd.got() == {}
    assert crowd.progress().left_out == {
        "their page asks birth_date, postcode, which is not known": 1
    }


def test_its_links_are_good_for_its_own_hours(crowd: Crowd) -> None:
    is_sent(crowd, replace(REMINDER, link_hours=72), 1)

    [link] = crowd.finds(payment_links)
    assert link.expires_at - link.created_at >= timedelta(hours=71, minutes=59)


def test_its_funnel_counts_each_message_once_for_each_step(paying: Paying, crowd: Crowd) -> None:
    is_sent(crowd, REMINDER, 5)
    for index, deeds in ((1, 3), (2, 2), (3, 1)):
        paying.finds_link(number(index))
        browser = replace(paying, browser=paying.stranger())
        browser.answers(customer_number(index)[-4:])
        if deeds > 1:
            browser.taps_pay()
        if deeds > 2:
            paying.told("paid")
    paying.gets_link(number(4))

    campaign_id = crowd.campaign().id
    with crowd.runtime.engine.begin() as connection:
        found = funnel.of_campaign(connection, campaign_id)
        steps = list(timeline.of_campaign(connection, campaign_id))

    assert found == [Steps("campaign.reminder", "ja", 5, 0, 3, 3, 2, 1)]
    assert sum(step.what is What.QUEUED for step in steps) == 6
    assert sum(step.what is What.PAID for step in steps) == 1
    assert sum(step.what is What.LINK_MADE for step in steps) == 5


def test_the_funnel_of_a_notice_tells_what_was_sent(crowd: Crowd) -> None:
    notice: Any = Plan("news", CampaignKind.NOTICE, "billing", "campaign.notice", sender=OURS)
    is_sent(crowd, notice, 2)

    campaign_id = crowd.campaign("news").id
    with crowd.runtime.engine.begin() as connection:
        found = funnel.of_campaign(connection, campaign_id)
    assert found == [Steps("campaign.notice", "ja", 2, 0, 0, 0, 0, 0)]


@pytest.mark.parametrize("text", ["{brand}: {name}. {url} STOP", "{brand}: {name}. STOP"])
def test_whose_cash_is_awaited_is_left_out(
    paying: Paying, crowd: Crowd, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd.gathers(1)
    paying.gets_link(number(1))
    paying.answers(customer_number(1)[-4:])
    paying.taps_pay()
    paying.told("pending")
    scripts = crowd.runtime.edition.scripts
    for key, script in scripts.items():
        if script.key == REMINDER.script_key:
            monkeypatch.setitem(scripts, key, replace(script, text=text))  # type: ignore[arg-type]
    crowd.plans(1)
    crowd.starts()
    crowd.queues()

    assert crowd.progress().left_out == {"cash is awaited at a store already": 1}


@pytest.mark.parametrize("minutes", [0, 27])
def test_who_is_paying_is_written_to_later(paying: Paying, crowd: Crowd, minutes: int) -> None:
    crowd.gathers(1)
    paying.gets_link(number(1))
    paying.answers(customer_number(1)[-4:])
    paying.taps_pay()
    crowd.does(update(checkouts).values(created_at=seconds_from_now(-minutes * 60)))
    crowd.plans(1)
    checked = crowd.estimate()
    assert checked.later == {"paying": 1}
    assert checked.segments > 0
    crowd.starts()
    crowd.queues()

    assert (crowd.messages(), crowd.links()) == ([], ["started"])
    assert crowd.progress().put_off == 1
    crowd.does(update(campaign_recipients).values(not_before=seconds_from_now(-1)))
    crowd.does(update(checkouts).values(created_at=seconds_from_now(-31 * 60)))
    crowd.queues()
    assert crowd.messages() == [("queued", "")]


def test_who_is_paying_and_may_not_be_written_to_at_all_is_left_out(
    paying: Paying, crowd: Crowd
) -> None:
    crowd.gathers(1)
    paying.gets_link(number(1))
    paying.answers(customer_number(1)[-4:])
    paying.taps_pay()
    crowd.are_on_hold(range(1, 2))
    crowd.plans(1)
    crowd.starts()
    crowd.queues()

    assert crowd.progress().people == {"left_out": 1}
    assert crowd.links() == ["started"]

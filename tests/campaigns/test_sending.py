"""A campaign reaches everybody it may, once, whatever happens while it is sent."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.alerts import unsettled
from bot.campaigns import moving, people, queueing
from bot.campaigns.campaign import CampaignKind, Plan
from bot.compliance import countries
from bot.errors import CampaignRefused
from bot.messaging.answering import conversation
from bot.messaging.grounds import Exemption
from bot.overview import campaigns as overview
from bot.setting_types import Disclosure, Review
from bot.store.columns import seconds_from_now, utc_now
from bot.store.session import transact
from bot.store.tables import (
    accounts,
    campaign_recipients,
    campaigns,
    conversations,
    outbound_messages,
    payment_links,
    purpose_consents,
    senders,
)
from bot.text import business_hours
from bot.text.format import TOKYO
from tests.campaigns.crowd import CHECKER, MAKER, REMINDER, Crowd, customer_number, number
from tests.messaging.campaign import DAY, NIGHT
from tests.people import OURS, add_customer

PAYDAY = date(2026, 12, 25)
SECOND = "+815000000002"
WITH_AMOUNT = replace(REMINDER, script_key="campaign.reminder_with_amount")
NOTICE = Plan("news", CampaignKind.NOTICE, "billing", "campaign.notice", sender=OURS)


def test_of_two_hundred_everybody_who_may_gets_it_once(crowd: Crowd) -> None:
    crowd.gathers(200)
    for index in (1, 2):
        crowd.texting.says(number(index), "停止")
    crowd.are_on_hold(range(11, 21))
    crowd.have_paid(range(21, 31))
    before = crowd.got()
    crowd.plans(200)

    foreseen = crowd.estimate()
    assert (foreseen.now, foreseen.refused) == (178, {"stop": 2, "hold hardship": 10, "paid": 10})
    assert crowd.links() == []

    crowd.starts()
    assert crowd.queues() == 200
    crowd.texting.sends()

    assert crowd.got() - before == {number(index): 1 for index in (*range(3, 11), *range(31, 201))}
    assert crowd.campaign().state == "finished"
    assert crowd.progress().people == {"queued": 178, "left_out": 22}
    assert crowd.progress().messages == {"sent": 178}


def test_who_did_not_agree_is_left_out(crowd: Crowd) -> None:
    crowd.gathers(2)
    add_customer(crowd.runtime, number(3), customer_number(3), 1000)
    crowd.plans(3)
    crowd.starts()
    crowd.queues()

    assert crowd.progress().left_out == {"no consent to billing: it is unknown": 1}


def test_an_exemption_writes_to_who_was_not_asked_and_to_nobody_who_stopped(crowd: Crowd) -> None:
    for index in (1, 2):
        add_customer(crowd.runtime, number(index), customer_number(index), 1000)
    crowd.texting.says(number(1), "停止")
    before = crowd.got()
    exempt = replace(REMINDER, exemption=Exemption.TRANSACTION, exemption_note="contract of 2024")
    crowd.plans(2, exempt)
    crowd.starts()
    crowd.queues()
    crowd.texting.sends()

    assert crowd.got() - before == {number(2): 1}
    assert crowd.progress().left_out == {"the recipient stopped all messages": 1}


def test_an_advertisement_names_the_legal_name_of_its_own_sender(crowd: Crowd) -> None:
    crowd.does(update(senders).values(legal_name="株式会社例示クレジット"))
    crowd.gathers(1)
    crowd.does(update(purpose_consents).values(purpose="promotions"))
    offer = Plan("summer", CampaignKind.PROMOTION, "promotions", "campaign.offer", sender=OURS)
    crowd.plans(1, offer)
    crowd.starts(offer.name)
    crowd.queues(offer.name)
    crowd.texting.sends()

    [body] = crowd.runtime.provider.bodies(number(1))  # type: ignore[attr-defined]
    assert "送信者:株式会社例示クレジット" in body


def test_a_campaign_that_breaks_is_told_of_and_keeps_no_other_waiting(crowd: Crowd) -> None:
    crowd.gathers(1)
    crowd.plans(1)
    crowd.plans(1, NOTICE)
    crowd.starts()
    crowd.starts(NOTICE.name)
    broken = campaigns.c.name == REMINDER.name
    crowd.does(update(campaigns).where(broken).values(exemption="from a newer version"))

    queueing.queue(crowd.runtime, lambda: True)

    assert crowd.campaign(NOTICE.name).state == "finished"
    assert crowd.progress().people == {"waiting": 1}
    with crowd.runtime.engine.begin() as connection:
        [alert] = unsettled(connection)
    assert alert.words.startswith("A campaign does not go on, for ValueError.")


def test_a_process_that_dies_between_doubles_nothing_and_loses_nobody(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd.gathers(60)
    crowd.plans(60)
    crowd.starts()
    crowd.queues(most=25)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    settle: Callable[..., Any] = queueing._settle
    monkeypatch.setattr(queueing, "_settle", die)
    with pytest.raises(KeyboardInterrupt):
        crowd.queues()
    assert len(crowd.messages()) == 25
    monkeypatch.setattr(queueing, "_settle", settle)
    crowd.texting.sends()

    assert crowd.queues() == 35
    crowd.texting.sends()
    assert crowd.got() == {number(index): 1 for index in range(1, 61)}


def test_two_clocks_at_once_double_nobody(crowd: Crowd) -> None:
    crowd.gathers(40)
    crowd.plans(40)
    crowd.starts()

    with ThreadPoolExecutor(3) as clocks:
        done = list(clocks.map(lambda _: crowd.queues(), range(3)))

    assert sum(done) == 40
    crowd.texting.sends()
    assert crowd.got() == {number(index): 1 for index in range(1, 41)}


def test_the_clock_queues_and_rings(crowd: Crowd) -> None:
    crowd.gathers(3)
    crowd.plans(3)
    crowd.starts()

    queueing.queue(crowd.runtime, lambda: True)

    assert len(crowd.messages()) == 3
    assert crowd.campaign().state == "finished"
    assert crowd.runtime.redis.exists("henji:doorbell")


def test_it_is_started_once(crowd: Crowd) -> None:
    crowd.gathers(2)
    crowd.plans(2)
    crowd.starts()
    for _ in range(2):
        with pytest.raises(CampaignRefused, match="was started before"):
            transact(
                crowd.runtime.engine,
                lambda it: moving.start(it, crowd.runtime, REMINDER.name, MAKER),
            )
        crowd.queues()
    crowd.texting.sends()

    assert crowd.got() == {number(1): 1, number(2): 1}


def test_a_second_person_approves_unless_none_is_asked_for(crowd: Crowd) -> None:
    crowd.gathers(1)
    crowd.plans(1)
    engine, name = crowd.runtime.engine, REMINDER.name
    with pytest.raises(CampaignRefused, match="not approved"):
        transact(engine, lambda it: moving.start(it, crowd.runtime, name, MAKER))
    with pytest.raises(CampaignRefused, match="your own"):
        transact(engine, lambda it: moving.approve(it, name, MAKER))

    settings = crowd.runtime.settings.model_copy(update={"HENJI_CAMPAIGNS_REVIEW": Review.OFF})
    alone = replace(crowd.runtime, settings=settings)
    transact(engine, lambda it: moving.start(it, alone, name, MAKER))

    assert crowd.campaign().state == "sending"
    with pytest.raises(CampaignRefused, match="no draft any more"):
        transact(engine, lambda it: moving.approve(it, name, CHECKER))


def test_nobody_approves_the_people_that_they_chose_themselves(crowd: Crowd) -> None:
    crowd.gathers(3)
    crowd.plans(1)
    engine, vault, name, day = crowd.runtime.engine, crowd.runtime.vault, REMINDER.name, PAYDAY
    crowd.does(update(accounts).where(accounts.c.number == number(3)).values(due_date=day))

    def adds(actor: str, index: int) -> None:
        numbers = [customer_number(index)]
        transact(engine, lambda it: people.choose(it, vault, name, numbers, actor))

    adds("staff:tanaka", 2)
    transact(engine, lambda it: people.choose_due(it, name, day, "staff:ito"))
    adds(CHECKER, 1)  # who is in it already
    for actor in ("staff:tanaka", "staff:ito"):
        with pytest.raises(CampaignRefused, match="You chose people of the campaign december"):
            transact(engine, partial(moving.approve, name=name, actor=actor))

    transact(engine, lambda it: moving.approve(it, name, CHECKER))
    assert crowd.campaign().approved_by == CHECKER


def test_a_stop_midway_takes_back_what_waits(crowd: Crowd) -> None:
    crowd.gathers(30)
    crowd.plans(30)
    crowd.starts()
    crowd.queues(most=10)
    crowd.texting.sends()
    crowd.queues(most=10)

    assert crowd.stops() == 10
    assert crowd.queues() == 0
    crowd.texting.sends()

    assert crowd.got() == {number(index): 1 for index in range(1, 11)}
    told = crowd.progress()
    assert told.people == {"queued": 20, "waiting": 10}
    assert told.messages == {"canceled": 10, "sent": 10}
    assert {link.remind_at for link in crowd.finds(payment_links)} == {None}


def test_what_comes_back_to_be_sent_again_after_a_stop_is_stopped_at_the_gate(
    crowd: Crowd,
) -> None:
    crowd.gathers(1)
    crowd.plans(1)
    crowd.starts()
    crowd.queues()
    crowd.does(update(outbound_messages).values(status="sending"))
    assert crowd.stops() == 0
    crowd.does(update(outbound_messages).values(status="queued"))

    crowd.texting.sends()

    [(status, _)] = crowd.messages()
    [row] = crowd.finds(outbound_messages)
    assert (status, row.reason) == ("canceled", "the campaign was stopped: a mistake")
    assert crowd.got() == {}


def test_a_stop_a_hold_and_a_payment_while_it_waits_win(crowd: Crowd) -> None:
    crowd.gathers(4)
    crowd.plans(4)
    crowd.starts()
    crowd.queues()
    crowd.texting.hears(number(1), "停止")
    crowd.are_on_hold(range(2, 3))
    crowd.have_paid(range(3, 4))

    crowd.texting.sends()

    assert [status for status, _ in crowd.messages()] == ["canceled"] * 3 + ["sent"]


def test_a_person_with_two_accounts_gets_one_message(crowd: Crowd) -> None:
    crowd.gathers(2)
    crowd.does(update(accounts).values(number=number(1)))
    crowd.plans(2)
    foreseen = crowd.estimate()
    assert (foreseen.now, foreseen.refused) == (1, {"twice": 1})

    crowd.starts()
    crowd.queues()
    crowd.texting.sends()

    assert crowd.got() == {number(1): 1}
    assert crowd.progress().left_out == {"another account of theirs is written to": 1}


def test_who_writes_to_another_sender_meanwhile_gets_no_second_message(crowd: Crowd) -> None:
    crowd.gathers(2)
    crowd.does(update(accounts).values(number=number(1)))
    crowd.plans(2, replace(REMINDER, sender=None))
    crowd.starts()
    crowd.queues(most=1)
    crowd.does(insert(senders).values(number=SECOND, enabled_at=utc_now()))
    with crowd.runtime.engine.begin() as connection:
        [other] = connection.execute(select(senders.c.id).where(senders.c.number == SECOND)).one()
        conversation.make(connection, other, number(1))
        heard = update(conversations).where(conversations.c.sender_id == other)
        connection.execute(heard.values(heard_at=seconds_from_now(60)))

    crowd.queues()

    assert len(crowd.messages()) == 1
    assert crowd.progress().left_out == {"another account of theirs is written to": 1}


def test_an_amount_is_told_to_who_has_one_account_alone(crowd: Crowd) -> None:
    crowd.gathers(3)
    crowd.does(update(accounts).where(accounts.c.number == number(3)).values(number=number(2)))
    crowd.plans(2, replace(WITH_AMOUNT, disclosure=Disclosure.IN_TEXT))
    crowd.starts()
    crowd.queues()
    crowd.texting.sends()

    [body] = crowd.runtime.provider.bodies(number(1))  # type: ignore[attr-defined]
    assert "12,800円" in body
    assert crowd.got() == {number(1): 1}
    [why] = crowd.progress().left_out
    assert why.startswith("they have several accounts")


def test_no_amount_is_told_once_the_settings_forbid_it(crowd: Crowd) -> None:
    crowd.gathers(1)
    settings = crowd.runtime.settings.model_copy(update={"HENJI_DISCLOSURE": Disclosure.IN_TEXT})
    telling = replace(crowd.runtime, settings=settings)
    before = Crowd(replace(crowd.texting, runtime=telling))
    before.plans(1, WITH_AMOUNT)
    before.starts()

    crowd.queues()
    crowd.texting.sends()

    assert crowd.got() == {}
    [why] = crowd.progress().left_out
    assert why.endswith("tells an amount: its disclosure must be in_text.")


def test_who_gets_no_message_keeps_the_link_they_have(crowd: Crowd) -> None:
    crowd.gathers(1)
    crowd.texting.says(number(1), "支払い")
    crowd.are_on_hold(range(1, 2))
    crowd.plans(1)
    crowd.starts()
    crowd.queues()

    assert crowd.links() == ["open"]


def test_a_notice_goes_to_who_owes_nothing_too_and_carries_no_link(crowd: Crowd) -> None:
    crowd.gathers(2)
    crowd.have_paid(range(1, 2))
    crowd.plans(2, NOTICE)
    crowd.starts(NOTICE.name)
    crowd.queues(NOTICE.name)
    crowd.texting.sends()

    assert crowd.got() == {number(1): 1, number(2): 1}
    assert crowd.links() == []


def test_without_a_sender_people_hear_from_the_one_they_know(crowd: Crowd) -> None:
    crowd.gathers(1)
    add_customer(crowd.runtime, number(2), customer_number(2), 1000)
    crowd.plans(2, replace(REMINDER, sender=None))
    crowd.starts()
    crowd.queues()
    crowd.texting.sends()

    assert crowd.got() == {number(1): 1}
    assert crowd.progress().left_out == {"there is no conversation with them yet": 1}


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

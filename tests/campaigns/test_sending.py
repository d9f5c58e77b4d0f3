"""A campaign reaches everybody whom it may reach, once, with words that fit them."""

from dataclasses import replace

from sqlalchemy import insert, select, update

from bot.campaigns.campaign import CampaignKind, Plan
from bot.messaging.answering import conversation
from bot.messaging.grounds import Exemption
from bot.setting_types import Disclosure
from bot.store.columns import seconds_from_now, utc_now
from bot.store.tables import (
    accounts,
    conversations,
    purpose_consents,
    senders,
)
from tests.campaigns.crowd import REMINDER, Crowd, customer_number, number
from tests.campaigns.plans import NOTICE
from tests.people import OURS, add_customer

SECOND = "+815000000002"
WITH_AMOUNT = replace(REMINDER, script_key="campaign.reminder_with_amount")


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

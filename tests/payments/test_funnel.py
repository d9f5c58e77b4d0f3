"""The funnel: how far the messages of each script led, and only what was done after them."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from bot.messaging.outbox import About
from bot.payments import funnel
from bot.payments.funnel import Steps
from bot.store.columns import seconds_from_now
from bot.store.tables import outbound_messages, payment_links
from tests.messaging.campaign import queue
from tests.paying import ALICE, HANAKO, Paying
from tests.payments.test_timeline import is_delivered


def counted(paying: Paying, days_ago: int = 0) -> dict[str, Steps]:
    start = datetime.now(UTC) - timedelta(days=days_ago, hours=1)
    with paying.runtime.engine.begin() as connection:
        found = funnel.by_script(connection, start, start + timedelta(days=1))
    return {f"{one.script_key} {one.language}": one for one in found}


def test_each_message_counts_once_for_each_step(paying: Paying) -> None:
    is_delivered(paying)
    paying.answers("0000")
    paying.answers()
    paying.answers()
    paying.taps_pay()
    paying.told("paid")
    paying.is_customer(ALICE, digits="5678", due=4210, currency="USD")
    paying.gets_link(ALICE, "PAY")
    paying.opens()

    assert counted(paying) == {
        "payment.link ja": Steps("payment.link", "ja", 1, 1, 1, 1, 1, 1),
        "payment.link en": Steps("payment.link", "en", 1, 0, 0, 0, 0, 0),
    }


def test_what_was_done_before_a_reminder_is_not_its_doing(paying: Paying) -> None:
    paying.texting.says(HANAKO, "はい")
    paying.answers()
    link = paying.link().id
    with paying.runtime.engine.begin() as connection:
        queue(connection, 1, about=About(1, link))
    paying.texting.sends()

    paying.taps_pay()

    assert counted(paying)["campaign.reminder ja"] == Steps(
        "campaign.reminder", "ja", 1, 0, 0, 0, 1, 0
    )


def test_a_message_without_a_link_leads_to_those_made_after_it(paying: Paying) -> None:
    paying.texting.says(HANAKO, "はい")
    paying.answers()
    with paying.runtime.engine.begin() as connection:
        queue(connection, 1, about=About(1))
    paying.texting.sends()
    assert paying.texting.new_keys() == ["campaign.reminder"]
    assert counted(paying)["campaign.reminder ja"].opened == 0

    paying.gets_link()
    paying.answers()
    paying.taps_pay()
    paying.told("paid")

    found = counted(paying)["campaign.reminder ja"]
    assert (found.sent, found.opened, found.verified, found.started, found.paid) == (1, 1, 1, 1, 1)


def test_other_days_and_what_never_left_are_not_counted(paying: Paying) -> None:
    assert counted(paying, days_ago=2) == {}
    paying.changes(update(outbound_messages).values(sent_at=None))
    assert counted(paying) == {}


def test_a_link_that_was_made_before_counts_for_nothing(paying: Paying) -> None:
    paying.changes(update(payment_links).values(created_at=seconds_from_now(-60)))
    paying.texting.says(HANAKO, "はい")
    with paying.runtime.engine.begin() as connection:
        queue(connection, 1, about=About(1))
    paying.texting.sends()
    paying.answers()

    assert counted(paying)["campaign.reminder ja"].opened == 0

"""Who has paid is not asked to pay: what waits is taken back with the payment, and says why."""

import pytest
from sqlalchemy import select

from bot.compliance import countries
from bot.messaging.grounds import Exemption, Grounds, MessageClass
from bot.messaging.outbox import About
from bot.messaging.sending.verdicts import explain
from bot.store.tables import accounts, outbound_messages
from tests.messaging.campaign import BILLING, DAY, NIGHT, queue
from tests.paying import HANAKO, Paying

LEGAL = Grounds("billing", Exemption.LEGAL_DUTY, "notice of default", "staff:sato")


@pytest.fixture
def night(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is night everywhere, so that reminders wait."""
    monkeypatch.setattr(countries, "shipped", lambda: NIGHT)


def dun(
    paying: Paying,
    about: About,
    message_class: MessageClass = MessageClass.REMINDER,
    grounds: Grounds = BILLING,
) -> int:
    with paying.runtime.engine.begin() as connection:
        return queue(connection, 1, message_class, grounds, about=about)


def agrees(paying: Paying) -> None:
    assert paying.texting.says(HANAKO, "はい") == ["onboarding.agreed"]


def told(paying: Paying, message: int) -> tuple[str, list[tuple[str, str]]]:
    with paying.runtime.engine.begin() as connection:
        row = explain(connection, message)
    assert row is not None
    return row.status, [(one["rule"], one["words"]) for one in row.verdict_reasons or []]


def test_a_payment_takes_back_what_was_to_be_asked_for_on_its_account(
    paying: Paying, night: None
) -> None:
    paying.is_customer(digits="5678", due=500)
    agrees(paying)
    ours, other = dun(paying, About(1)), dun(paying, About(2))
    notice = dun(paying, About(1), MessageClass.LEGAL, LEGAL)
    paying.begins()

    assert paying.told("paid") == ["payment.receipt"]

    why = f"paid meanwhile: receipt {paying.link().receipt_number}"
    assert told(paying, ours) == told(paying, notice) == ("canceled", [("paid", why)])
    status, reasons = told(paying, other)
    assert (status, [rule for rule, _ in reasons]) == ("queued", ["consent", "hours"])


def test_a_payment_that_fails_takes_nothing_back(paying: Paying, night: None) -> None:
    agrees(paying)
    message = dun(paying, About(1))
    paying.begins()
    paying.told("failed")

    assert told(paying, message)[0] == "queued"


def test_what_is_paid_elsewhere_is_not_asked_for_either(
    paying: Paying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(countries, "shipped", lambda: DAY)
    agrees(paying)
    message = dun(paying, About(1))
    paying.owes(0)
    paying.texting.sends()

    status, reasons = told(paying, message)
    assert status == "canceled"
    assert ("paid", "nothing is due any more") in reasons


def test_every_message_about_a_payment_names_its_link(paying: Paying) -> None:
    paying.begins()
    paying.told("pending")
    paying.told("paid")

    with paying.runtime.engine.begin() as connection:
        message = outbound_messages.c
        columns = (message.script_key, message.account_id, message.payment_link_id)
        rows = connection.execute(select(*columns).order_by(message.id)).all()
        account = connection.execute(select(accounts.c.id)).scalar_one()
    named = [tuple(row) for row in rows if row.script_key.startswith("payment.")]
    link = paying.link().id
    assert named == [
        ("payment.link", account, link),
        ("payment.pending", account, link),
        ("payment.receipt", account, link),
    ]

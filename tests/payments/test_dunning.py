"""Who has paid is not asked to pay: what waits is taken back with the payment, and says why."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from bot.billing.customer_file import CustomerFile
from bot.billing.customer_rows import Customer
from bot.billing.sources import Owed
from bot.compliance import countries
from bot.messaging import debts
from bot.messaging.grounds import Exemption, Grounds, MessageClass
from bot.messaging.outbox import About
from bot.messaging.sending.verdicts import explain
from bot.store.session import transact
from bot.store.tables import accounts, outbound_messages
from tests.billing.files import csv_of
from tests.billing.test_invoices import COLUMNS
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


def imports(paying: Paying, *rows: str) -> None:
    file = CustomerFile(csv_of(*rows, header=COLUMNS))
    debts.import_file(paying.runtime.engine, paying.runtime.vault, file)


def looks_up(paying: Paying, *found: Owed, knows: bool = True) -> None:
    told, day = found if knows else None, timedelta(days=1)
    vault = paying.runtime.vault
    transact(paying.runtime.engine, lambda it: debts.renew(it, vault, HANAKO, told, day))


def removes(paying: Paying) -> None:
    transact(paying.runtime.engine, lambda it: debts.remove(it, paying.runtime.vault, ["10001234"]))


OWES = Owed(Customer(0, HANAKO, "10001234", "山田 花子", None, 12800, "JPY", None))
LESS = Owed(replace(OWES.customer, due_minor=12799))
HERS = "090-0000-0001,10001234,山田 花子,,"
PAID = f"{HERS}0,,,"
NOVEMBER = f"{HERS}5000,JPY,2026-11-30,2026-11"
DECEMBER = f"{HERS}7800,JPY,2026-12-25,2026-12"
NEWS: dict[str, Callable[[Paying], None]] = {
    "paid, says the file": lambda paying: imports(paying, PAID),
    "less is due, says the file": lambda paying: imports(paying, DECEMBER),
    "removed by the API": removes,
    "less is due, says the source": lambda paying: looks_up(paying, LESS),
    "nothing is due, says the source": looks_up,
    "nobody is known, says the source": lambda paying: looks_up(paying, knows=False),
}


@pytest.mark.parametrize("news", NEWS)
def test_news_that_less_is_due_takes_back_what_was_to_be_asked_for(
    paying: Paying, night: None, news: str
) -> None:
    agrees(paying)
    message = dun(paying, About(1))

    NEWS[news](paying)

    assert told(paying, message) == ("canceled", [("paid", debts.WHY)])


def test_an_invoice_that_is_gone_takes_back_dunning_though_another_one_is_dearer(
    paying: Paying, night: None
) -> None:
    imports(paying, NOVEMBER)
    agrees(paying)
    message = dun(paying, About(1))

    imports(paying, DECEMBER)

    assert told(paying, message)[0] == "canceled"


def test_news_of_as_much_or_more_takes_nothing_back(paying: Paying, night: None) -> None:
    imports(paying, NOVEMBER)
    agrees(paying)
    message = dun(paying, About(1))

    imports(paying, NOVEMBER)
    imports(paying, NOVEMBER, DECEMBER)
    looks_up(paying, Owed(replace(OWES.customer, due_minor=99_000)))

    assert told(paying, message)[0] == "queued"


def test_news_that_cannot_be_kept_takes_nothing_back(
    paying: Paying, night: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    agrees(paying)
    message = dun(paying, About(1))

    def fail(connection: Connection) -> None:
        debts.remove(connection, paying.runtime.vault, ["10001234"])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        transact(paying.runtime.engine, fail)

    assert told(paying, message)[0] == "queued"
    assert paying.due() == 12800

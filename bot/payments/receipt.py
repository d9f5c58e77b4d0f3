"""What the receipt of a payment says, as it stands now: what went back of it is told as well."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from bot.payments import refunds
from bot.payments.link import Seen
from bot.runtime import Runtime
from bot.settings import Settings
from bot.store.session import transact
from bot.store.tables import payments
from bot.text.format import Money


@dataclass(frozen=True)
class Receipt:
    """A receipt: what was `paid`, the consumption tax in it and what was refunded, if anything.

    It is issued when the gateway tells of the payment, which was perhaps earlier. `subject` is what
    it is for, empty for the usual.
    """

    number: str
    issued_at: datetime
    paid_at: datetime
    paid: Money
    tax: Money | None
    tax_percent: int | None
    refunded: Money | None
    subject: str
    registration_number: str | None


def receipt_of(runtime: Runtime, link: Seen) -> Receipt:
    """The receipt of a link that is paid."""
    settings = runtime.settings
    assert link.receipt_number is not None
    assert link.issued_at is not None
    assert link.paid_at is not None
    assert link.quoted is not None
    tax = included_tax(link.quoted, settings)
    return Receipt(
        link.receipt_number,
        link.issued_at,
        link.paid_at,
        link.quoted,
        tax,
        settings.HENJI_TAX_PERCENT if tax else None,
        transact(runtime.engine, lambda connection: _refunded(connection, link)),
        settings.HENJI_RECEIPT_FOR,
        settings.HENJI_REGISTRATION_NUMBER,
    )


def included_tax(paid: Money, settings: Settings) -> Money | None:
    """The consumption tax within an amount in yen, rounded down; None where it is not known."""
    percent = settings.HENJI_TAX_PERCENT
    if percent is None or paid.currency != "JPY":
        return None
    return Money(paid.minor * percent // (100 + percent), "JPY")


def _refunded(connection: Connection, link: Seen) -> Money | None:
    found = select(payments).where(payments.c.payment_link_id == link.id, payments.c.credited)
    payment = connection.execute(found).one_or_none()
    back = refunds.refunded(connection, payment.id) if payment else 0
    return Money(back, payment.currency) if payment and back else None

"""What the demo's gateway writes, and what it means as an event."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from bot.payments.gateways import GatewayEvent, Outcome
from bot.text.format import Money

NAME = "local"

Name = Annotated[str, Field(pattern=r"^[!-~]{1,128}$")]
Minor = Annotated[int, Field(strict=True, ge=0)]


class _Session(BaseModel):
    id: Name
    reference: Name
    amount: Minor
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class Page(_Session):
    """A session with its page."""

    url: str


class Pages(BaseModel):
    """The sessions of one reference, of which there must be one."""

    sessions: Annotated[list[Page], Field(min_length=1)]


class Standing(Page):
    """A session that was asked about."""

    status: str
    payment_id: Name | None
    created: AwareDatetime
    expires: AwareDatetime
    paid: AwareDatetime | None
    amount_refunded: Minor
    dispute_id: Name | None
    dispute_won: bool
    number: str | None = None


class Listed(BaseModel):
    """Sessions, newest first."""

    sessions: list[Standing]


class _Told(_Session):
    """A session in a notice."""

    status: Outcome
    payment_id: Name | None
    pay_by: AwareDatetime | None = None
    number: Annotated[str, Field(max_length=64)] | None = None
    amount_refunded: Minor = 0
    dispute_id: Name | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "_Told":
        wanted: Mapping[Outcome, object] = {
            Outcome.PAID: self.payment_id,
            Outcome.REFUNDED: self.payment_id and self.amount_refunded,
            Outcome.CHARGED_BACK: self.payment_id and self.dispute_id,
            Outcome.CHARGEBACK_WON: self.payment_id and self.dispute_id,
        }
        if not wanted.get(self.status, True):
            raise ValueError("the notice tells of money, but not of which")
        return self


class Notice(BaseModel):
    """A notice of what happened to a session."""

    id: Name
    created: AwareDatetime
    session: _Told


def money_of(standing: Standing) -> Iterator[GatewayEvent]:
    """What a listed session tells of money that came and went."""
    if standing.paid is None:
        return
    yield event_of(standing, Outcome.PAID, f"list:{standing.payment_id}")
    if back := standing.amount_refunded:
        yield event_of(standing, Outcome.REFUNDED, f"list:{standing.payment_id}:{back}")
    if standing.dispute_id:
        outcome = Outcome.CHARGEBACK_WON if standing.dispute_won else Outcome.CHARGED_BACK
        yield event_of(standing, outcome, f"list:{standing.dispute_id}:{outcome}")


def event_of(standing: Standing, outcome: Outcome, event_id: str) -> GatewayEvent:
    """A session that was asked about, as an event."""
    refunded = outcome is Outcome.REFUNDED
    return GatewayEvent(
        gateway=NAME,
        id=event_id,
        outcome=outcome,
        session=standing.id,
        reference=standing.reference,
        amount=Money(standing.amount, standing.currency),
        payment=standing.payment_id,
        at=standing.paid or standing.created,
        returned=standing.amount_refunded if refunded else standing.amount,
        dispute=standing.dispute_id,
        pay_by=standing.expires if outcome is Outcome.PENDING else None,
        voucher_url=standing.url if outcome is Outcome.PENDING else None,
        voucher_number=standing.number,
    )


def noticed(notice: Notice) -> GatewayEvent:
    """A notice as an event."""
    told = notice.session
    return GatewayEvent(
        gateway=NAME,
        id=notice.id,
        outcome=told.status,
        session=told.id,
        reference=told.reference,
        amount=Money(told.amount, told.currency),
        payment=told.payment_id,
        at=notice.created,
        returned=told.amount_refunded or told.amount,
        dispute=told.dispute_id,
        pay_by=told.pay_by,
        voucher_number=told.number,
    )

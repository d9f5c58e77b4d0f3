"""What a caller may send, and what it gets: the models from which the OpenAPI document is made."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.fields import How, Line, Number, Past, Purpose, Sender, Sha256
from bot.compliance.basis import Basis, EvidenceKind
from bot.compliance.ledger import Method
from bot.dialogue.effects import Consent
from bot.dialogue.holds import HoldKind


class Body(BaseModel):
    """A field that is not known is refused, rather than ignored."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class Evidence(Body):
    """What proves it; sealed in the ledger."""

    kind: Annotated[EvidenceKind | None, Field(strict=False)] = None
    file_sha256: Sha256 | None = Field(None, description="Of a scan or recording that you keep.")
    text: Line | None = Field(None, description="What the person said or wrote.")
    name: Line | None = Field(None, description="The person's name, as they gave it.")
    url: Line | None = Field(None, description="The page on which they agreed.")
    ip: Line | None = Field(None, description="The address they agreed from.")
    form_version: Line | None = None
    note: Line | None = None


class Answer(StrEnum):
    """What the person said."""

    GRANTED = "granted"
    REFUSED = "refused"


class ConsentBody(Body):
    """A person agreed to purposes, or refused them, outside of Henji."""

    number: Number
    purposes: Annotated[list[Purpose], Field(min_length=1, max_length=20)]
    answer: Annotated[Answer, Field(strict=False)] = Answer.GRANTED
    method: How = Method.API.value
    basis: Annotated[Basis | None, Field(strict=False)] = None
    obtained_on: Past | None = Field(
        None, description="The day on which they said it, if that was not today."
    )
    evidence: Evidence | None = None
    sender: Sender = None


class OptOutBody(Body):
    """A person wants no more messages, of one purpose or at all."""

    number: Number
    purpose: Purpose | None = Field(None, description="Only this one; without it, all messages.")
    method: How = Method.API.value
    evidence: Evidence | None = None
    sender: Sender = None


class StatusBody(Body):
    """Whose status is asked for; a number stands in no address, for addresses end up in logs."""

    number: Number


class Stands(BaseModel):
    """Where consent to a purpose stands."""

    purpose: str
    state: Consent


class Recorded(BaseModel):
    """What was recorded."""

    number: str = Field(description="Masked.", examples=["+8190****0001"])
    purposes: list[Stands]


class Stopped(BaseModel):
    """What was stopped."""

    number: str = Field(description="Masked.", examples=["+8190****0001"])
    purpose: str | None = Field(description="Null: all messages.")
    state: Consent = Consent.STOPPED


class Why(BaseModel):
    """The entry of the ledger that brought a state about."""

    model_config = ConfigDict(from_attributes=True)

    entry: int
    at: datetime
    method: str
    rule: str
    actor: str
    basis: str | None


class AgreedTo(BaseModel):
    """Consent between one of your senders and the number."""

    model_config = ConfigDict(from_attributes=True)

    sender: str
    purpose: str
    state: Consent
    since: datetime
    why: Why | None


class Stop(BaseModel):
    """A stop that holds."""

    model_config = ConfigDict(from_attributes=True)

    purpose: str | None = Field(description="Null: all messages.")
    sender: str | None = Field(description="Null: from every sender.")
    method: str
    since: datetime


class Hold(BaseModel):
    """What keeps unsolicited messages away for a time."""

    model_config = ConfigDict(from_attributes=True)

    kind: HoldKind
    rule: str
    since: datetime
    until: datetime | None = Field(description="Null: until staff release it.")


class Status(BaseModel):
    """Where a number stands."""

    number: str = Field(description="Masked.", examples=["+8190****0001"])
    stopped: bool = Field(description="Whether the person stopped all messages from some sender.")
    consents: list[AgreedTo]
    stops: list[Stop]
    holds: list[Hold]


class LookedUp(BaseModel):
    """What the provider knows of a number; null where it does not know, or was not asked."""

    number: str = Field(description="Masked.", examples=["+8190****0001"])
    line: str | None = Field(description="The provider's word for the kind of line.")
    reassigned: bool | None = Field(description="Whether somebody else has the number now.")
    held: HoldKind | None = Field(description="The hold that was placed for it, if any.")


class Reason(BaseModel):
    """What one rule of the gate said."""

    rule: str
    words: str
    until: datetime | None = None


class Verdict(BaseModel):
    """Why a message was sent, waits, or was not sent."""

    message: int
    message_class: str
    purpose: str | None
    exemption: str | None
    exemption_note: str | None
    approved_by: str | None
    status: str
    not_before: datetime
    verdict: str | None = Field(
        description="allowed, later or blocked; null: it was not due yet, so nobody asked."
    )
    reasons: list[Reason]


def sealed(evidence: Evidence | None) -> dict[str, str]:
    """Evidence as the ledger takes it."""
    return {} if evidence is None else evidence.model_dump(mode="json", exclude_none=True)

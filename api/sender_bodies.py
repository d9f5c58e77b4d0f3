"""What a caller may send about our senders, and what it gets."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.bodies import Body
from api.fields import Line
from bot.senders.sender import Approval, Details, Inbound, Route, State, WayToStop
from bot.text import phone

OurNumber = Annotated[
    Line,
    Field(
        max_length=phone.LONGEST_NOTATION,
        description="A number in any notation; a name only where override_reason says why.",
        examples=["050-0000-0001"],
    ),
]
Displays = Annotated[
    dict[str, Line], Field(description="What a carrier's customers see instead of the number.")
]


class SenderBody(Body):
    """Which sender is meant."""

    number: OurNumber


class DetailsBody(SenderBody):
    """What is told about a sender; what is left out stays as it is, "" takes it back."""

    brand: Line | None = None
    brand_en: Line | None = None
    legal_name: Line | None = None
    support_phone: Line | None = None
    postal_address: Line | None = None
    purposes_ja: Line | None = None
    purposes_en: Line | None = None
    route: Annotated[Route | None, Field(strict=False)] = None
    inbound: Annotated[Inbound | None, Field(strict=False)] = None
    approval: Annotated[Approval | None, Field(strict=False)] = None
    displays: Displays | None = None
    link_domains: list[Line] | None = None

    def details(self) -> Details:
        """The same as the registry takes it."""
        told = self.model_dump(exclude={"number", "override_reason", "link_domains"})
        domains = None if self.link_domains is None else tuple(self.link_domains)
        return Details(**told, link_domains=domains)


class NewSenderBody(DetailsBody):
    """A sender to register; it writes to nobody unasked until it is enabled."""

    override_reason: Line | None = Field(
        None, description="Why a name must do, which anybody can send under; kept with the sender."
    )


class Sender(BaseModel):
    """One of your senders."""

    model_config = ConfigDict(from_attributes=True)

    number: str
    state: State
    brand: str
    brand_en: str
    legal_name: str
    support_phone: str
    postal_address: str
    purposes_ja: str
    purposes_en: str
    route: Route
    inbound: Inbound
    approval: Approval
    displays: dict[str, str]
    link_domains: list[str]
    override_reason: str | None
    override_by: str | None = Field(description="Who took a name: staff:name or api:key.")
    enabled_at: datetime | None
    retired_at: datetime | None
    webhook: str | None = Field(
        description="Where the provider must hand texts to it; null: it drops them."
    )
    ways_to_stop: list[WayToStop]


class Senders(BaseModel):
    """All of them, in the order in which they were registered."""

    senders: list[Sender]

"""What is known about a sender: values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.senders.company import Company
from bot.text.language import Language

if TYPE_CHECKING:
    from bot.settings import Settings

# Japan's four networks, in the order of their size; budget brands show what their network shows.
CARRIERS = ("docomo", "au", "SoftBank", "Rakuten")


class Route(StrEnum):
    """How texts reach the carriers; a reply to an international one costs the person more."""

    DOMESTIC = "domestic"
    INTERNATIONAL = "international"


class Inbound(StrEnum):
    """What the provider does with replies: hand them to us, or drop them."""

    ON = "on"
    DROP = "drop"


class Approval(StrEnum):
    """How far the carriers' approval of a sender has come."""

    DRAFT = "draft"
    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"


class State(StrEnum):
    """Whether a sender may write to people unasked: only an enabled one may."""

    REGISTERED = "registered"
    ENABLED = "enabled"
    RETIRED = "retired"


class WayToStop(StrEnum):
    """How people can stop what a sender writes; none of it can be switched off."""

    REPLY = "reply"
    LINK = "link"
    TELEPHONE = "telephone"


@dataclass(frozen=True)
class Details:
    """What may be told about a sender; None leaves it as it is.

    `displays` is what people see instead of the number, by carrier; an empty one is taken back.
    `link_domains` are the hosts of links in its texts, besides those of the settings; `questions`
    what its pages ask to know who is there, instead of those of the settings.
    """

    brand: str | None = None
    brand_en: str | None = None
    legal_name: str | None = None
    support_phone: str | None = None
    postal_address: str | None = None
    purposes_ja: str | None = None
    purposes_en: str | None = None
    route: Route | None = None
    inbound: Inbound | None = None
    approval: Approval | None = None
    displays: Mapping[str, str] | None = None
    link_domains: tuple[str, ...] | None = None
    questions: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Sender:
    """One of our numbers in E.164 form, or a name, and what is told about it.

    Its company is the sender's own where it has one, else that of the settings. `enabled_at` is
    None before it may send unasked, `retired_at` while it is in use.
    """

    number: str
    company: Company
    purposes: Mapping[Language, str]
    route: Route
    inbound: Inbound
    approval: Approval
    displays: Mapping[str, str]
    link_domains: tuple[str, ...]
    questions: tuple[str, ...]
    override_reason: str | None
    override_by: str | None
    enabled_at: datetime | None
    retired_at: datetime | None

    @property
    def in_service(self) -> bool:
        """Whether it may write to people who did not just write to it."""
        return self.state is State.ENABLED

    @property
    def state(self) -> State:
        """Where it stands between registration and retirement."""
        if self.retired_at is not None:
            return State.RETIRED
        return State.REGISTERED if self.enabled_at is None else State.ENABLED

    @property
    def ways_to_stop(self) -> tuple[WayToStop, ...]:
        """How people can stop it: by a word where replies reach us, by the link that any of its
        texts may carry, and where a telephone number is told."""
        reply = (WayToStop.REPLY,) if self.inbound is Inbound.ON else ()
        telephone = (WayToStop.TELEPHONE,) if self.company.support_phone else ()
        return (*reply, WayToStop.LINK, *telephone)

    def webhook(self, settings: "Settings") -> str | None:
        """The address at which the provider must hand us texts to it; None where it drops them."""
        if self.inbound is Inbound.DROP or settings.PUBLIC_URL is None:
            return None
        return f"{settings.PUBLIC_URL}/webhooks/{settings.HENJI_PROVIDER}/messages"

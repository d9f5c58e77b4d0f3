"""What a campaign is, and finding one: a text to many people, and how far it has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, select

from bot.errors import CampaignRefused
from bot.messaging.grounds import Exemption, MessageClass
from bot.setting_types import Disclosure
from bot.store.columns import utc_now
from bot.store.tables import campaign_recipients, campaigns, senders
from bot.text.language import Language

MOST_LISTED = 200

_campaign = campaigns.c


class CampaignKind(StrEnum):
    """What a campaign is about: what is due on an account, an advertisement, or anything else.

    Dunning carries payment links, and ends for an account with its payment; a notice carries links
    where it has a message for their page.
    """

    DUNNING = "dunning"
    NOTICE = "notice"
    PROMOTION = "promotion"


class TextPolicy(StrEnum):
    """How long its text may be: SHORT guides to the page, and is never split; LONG says it all, as
    far as carriers take it."""

    SHORT = "short"
    LONG = "long"


class CampaignState(StrEnum):
    """How far a campaign has come. SENDING queues messages, FINISHED has queued them all."""

    DRAFT = "draft"
    APPROVED = "approved"
    SENDING = "sending"
    FINISHED = "finished"
    STOPPED = "stopped"


class RecipientStatus(StrEnum):
    """Where a recipient stands: still to come, in the outbox, or left out for a reason."""

    WAITING = "waiting"
    QUEUED = "queued"
    LEFT_OUT = "left_out"


CLASS_OF: Mapping[CampaignKind, MessageClass] = {
    CampaignKind.DUNNING: MessageClass.REMINDER,
    CampaignKind.NOTICE: MessageClass.REMINDER,
    CampaignKind.PROMOTION: MessageClass.PROMOTIONAL,
}


@dataclass(frozen=True)
class Plan:
    """What a campaign shall be.

    `sender` is one of our numbers; None: that of each person's last conversation. `exemption` says
    why it needs no consent to its `purpose`, and `exemption_note` the ground in words. Its page
    asks `questions`, those of the sender if none; `link_hours` is how long its links are good, and
    `hours` when it is sent, such as "Mon-Fri 10:00-17:00" (empty: whenever it is not quiet).
    `message_ja` and `message_en` are what its page shows to who proved who they are;
    either will do.
    """

    name: str
    kind: CampaignKind
    purpose: str
    script_key: str
    exemption: Exemption | None = None
    exemption_note: str = ""
    sender: str | None = None
    questions: tuple[str, ...] = ()
    disclosure: Disclosure | None = None
    link_hours: int | None = None
    hours: str = ""
    text_policy: TextPolicy = TextPolicy.LONG
    message_ja: str = ""
    message_en: str = ""

    @property
    def messages(self) -> Mapping[Language, str]:
        """What its page shows, by language, as it is kept."""
        return messages_of(self)


def messages_of(campaign: Plan | Row[Any]) -> Mapping[Language, str]:
    """The messages that a campaign has for its page, with line ends as they are kept."""
    given = {Language.JA: campaign.message_ja, Language.EN: campaign.message_en}
    texts = {language: _plain_lines(text) for language, text in given.items()}
    return {language: text for language, text in texts.items() if text}


def plain(name: str) -> str:
    """A name as it is kept: with single spaces."""
    return " ".join(name.split())


def find(connection: Connection, name: str) -> Row[Any]:
    """A campaign by its name, with `sender` (its number, or None); CampaignRefused for no such."""
    found = select(campaigns, senders.c.number.label("sender")).outerjoin(senders)
    row = connection.execute(found.where(_campaign.name == plain(name))).one_or_none()
    if row is None:
        raise _unknown(name)
    return row


def lock(connection: Connection, campaign_id: int) -> Row[Any]:
    """A campaign's row, with `now`; whoever queues its messages or moves it on holds it."""
    locked = select(campaigns, utc_now().label("now")).where(_campaign.id == campaign_id)
    return connection.execute(locked.with_for_update()).one()


def find_and_lock(connection: Connection, name: str) -> Row[Any]:
    """A campaign by its name, as `lock` gives it; CampaignRefused for no such."""
    return lock(connection, find(connection, name).id)


def listed(connection: Connection, limit: int = MOST_LISTED) -> Sequence[Row[Any]]:
    """Campaigns, the newest first: id, name, kind, state, created_at; `people` counts theirs."""
    recipient = campaign_recipients.c
    people = (
        select(func.count())
        .where(recipient.campaign_id == _campaign.id)
        .scalar_subquery()
        .label("people")
    )
    columns = (_campaign.id, _campaign.name, _campaign.kind, _campaign.state, _campaign.created_at)
    return connection.execute(
        select(*columns, people).order_by(_campaign.id.desc()).limit(limit)
    ).all()


def _plain_lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _unknown(name: str) -> CampaignRefused:
    return CampaignRefused(f"There is no campaign {name[:40]}: see henji campaigns list.")

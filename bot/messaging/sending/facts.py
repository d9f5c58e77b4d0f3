"""The facts on which the gate judges, read for a whole claim at once in its transaction."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.compliance import countries, holds, industries
from bot.compliance.countries import Country
from bot.dialogue.effects import Consent
from bot.dialogue.holds import HoldKind
from bot.messaging.gate import Facts, Hold
from bot.messaging.grounds import UNSOLICITED, Exemption, Grounds, MessageClass
from bot.setting_types import Industry, OptOutScope
from bot.settings import Settings
from bot.store.columns import seconds_from_now
from bot.store.tables import (
    accounts,
    campaigns,
    contacts,
    conversations,
    opt_outs,
    outbound_messages,
    purpose_consents,
    senders,
)
from bot.text import business_hours

# Answers need nothing but their own row: the ordinary path asks no more queries.
ANSWERS = frozenset({MessageClass.REPLY, MessageClass.CONFIRMATION})
# Longer than a day of any zone, however it begins.
LONGEST_DAY_S = 26 * 3600

_outbound = outbound_messages.c


@dataclass(frozen=True)
class Ours:
    """What the settings say of the company: the legal name of senders without one of their own,
    which some texts must carry, and the industry whose limits it keeps."""

    legal_name: str = ""
    industry: Industry | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Ours":
        """That of these settings."""
        return cls(settings.HENJI_LEGAL_NAME, settings.HENJI_INDUSTRY)


NOTHING_SET = Ours()


@dataclass(frozen=True)
class Background:
    """What is known of the people whom the messages of a claim are for, by contact.

    `settled` are those of the accounts they are about on which nothing is due any more;
    `campaigns` are those that send them, by id.
    """

    locked: frozenset[int] = frozenset()
    holds: dict[int, list[Row[Any]]] = field(default_factory=lambda: defaultdict(list))
    stops: dict[int, list[Row[Any]]] = field(default_factory=lambda: defaultdict(list))
    agreed: dict[tuple[int, str], str] = field(default_factory=dict)
    sent: dict[int, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    settled: frozenset[int] = frozenset()
    campaigns: Mapping[int, Row[Any]] = field(default_factory=dict)


def background(connection: Connection, heads: Sequence[Row[Any]]) -> Background:
    """Read it for the messages that are no answers.

    Their contacts are locked first, so that two workers cannot both send the last message that the
    cap allows, nor send beside a stop; who is locked already is left for the next round.
    """
    rows = [row for row in heads if row.message_class not in ANSWERS]
    if not rows:
        return Background()
    locked = _lock(connection, sorted({row.contact_id for row in rows}))
    about = {row.account_id for row in rows if row.account_id is not None}
    sending = {row.campaign_id for row in rows if row.campaign_id is not None}
    known = Background(
        frozenset(locked),
        settled=_settled(connection, about),
        campaigns=_campaigns(connection, sending),
    )
    for hold in holds.active(connection, locked):
        known.holds[hold.contact_id].append(hold)
    for stop in _stops(connection, locked):
        known.stops[stop.contact_id].append(stop)
    for one in _agreed(connection, [row.conversation_id for row in rows]):
        known.agreed[one.conversation_id, one.purpose] = one.state
    for sent in _sent(connection, locked):
        known.sent[sent.contact_id].append(sent.attempted_at)
    return known


def facts_of(row: Row[Any], known: Background, ours: Ours) -> Facts:
    """The facts on one message; ValueError where a word in its rows is none that is known here."""
    theirs = countries.of_number(row.recipient, countries.shipped())
    country = industries.applied(ours.industry, theirs)
    in_service = row.enabled_at is not None and row.retired_at is None
    message_class = MessageClass(row.message_class)
    known_of_all = (message_class, row.now, row.expires_at, country, Consent(row.consent))
    if message_class in ANSWERS:
        return Facts(*known_of_all, heard_ago=row.now - row.heard_at)
    campaign = known.campaigns.get(row.campaign_id)
    return Facts(
        *known_of_all,
        acted_ago=row.now - row.acted_at if row.acted_at else None,
        body=row.body,
        grounds=_grounds(row),
        agreed=Consent(known.agreed.get((row.conversation_id, row.purpose or ""), "unknown")),
        stopped=any(_covers(stop, row) for stop in known.stops[row.contact_id]),
        holds=(*map(_hold, known.holds[row.contact_id]), *_open_question(row)),
        sent_today=_sent_today(row, known, country),
        legal_name=row.legal_name or ours.legal_name,
        suspended="" if in_service else "the sender is not in service",
        settled=row.account_id in known.settled,
        called_off=(campaign and campaign.stop_reason) or "",
        opens_at=campaign and _opens_at(campaign.hours, row.now),
    )


def is_known(row: Row[Any], known: Background) -> bool:
    """Whether a message may be judged: an answer, or to somebody whom nobody else has locked."""
    return row.message_class in ANSWERS or row.contact_id in known.locked


def count(row: Row[Any], known: Background) -> None:
    """A message was taken: the next to the same person in this claim is one more."""
    if row.message_class in UNSOLICITED:
        known.sent[row.contact_id].append(row.now)


def _grounds(row: Row[Any]) -> Grounds:
    exemption = Exemption(row.exemption) if row.exemption else None
    return Grounds(row.purpose, exemption, row.exemption_note or "", row.approved_by or "")


def _hold(row: Row[Any]) -> Hold:
    return Hold(HoldKind(row.kind), row.rule, row.until)


def _open_question(row: Row[Any]) -> tuple[Hold, ...]:
    """The hold while we asked in this conversation whether to stop, and have no answer yet."""
    if row.held_since is None:
        return ()
    return (Hold(HoldKind.STOP_QUESTION, f"asked at {row.held_since:%Y-%m-%d %H:%M} UTC"),)


def _opens_at(hours: str, now: datetime) -> datetime | None:
    own = business_hours.parse(hours)
    return own.next_opening(now) if own else None


def _covers(stop: Row[Any], row: Row[Any]) -> bool:
    of_brand = stop.scope == OptOutScope.BRAND and stop.brand == row.brand
    of_sender = stop.sender_id in {None, row.sender_id} or of_brand
    return of_sender and (stop.purpose is None or stop.purpose == row.purpose)


def _sent_today(row: Row[Any], known: Background, country: Country) -> int:
    return sum(country.is_today(moment, row.now) for moment in known.sent[row.contact_id])


def _lock(connection: Connection, contact_ids: list[int]) -> list[int]:
    free = select(contacts.c.id).where(contacts.c.id.in_(contact_ids)).order_by(contacts.c.id)
    return list(connection.execute(free.with_for_update(skip_locked=True)).scalars())


def _stops(connection: Connection, contact_ids: list[int]) -> list[Row[Any]]:
    stop = opt_outs.c
    columns = (stop.contact_id, stop.sender_id, stop.purpose, stop.scope, senders.c.brand)
    active = stop.contact_id.in_(contact_ids) & stop.lifted_at.is_(None)
    with_brand = select(*columns).join(senders, senders.c.id == stop.sender_id, isouter=True)
    return list(connection.execute(with_brand.where(active)))


def _agreed(connection: Connection, conversation_ids: list[int]) -> list[Row[Any]]:
    consent = purpose_consents.c
    columns = (consent.conversation_id, consent.purpose, consent.state)
    these = consent.conversation_id.in_(conversation_ids)
    return list(connection.execute(select(*columns).where(these)))


def _settled(connection: Connection, account_ids: set[int]) -> frozenset[int]:
    if not account_ids:
        return frozenset()
    account = accounts.c
    paid = select(account.id).where(account.id.in_(account_ids), account.due_minor <= 0)
    return frozenset(connection.execute(paid).scalars())


def _campaigns(connection: Connection, ids: set[int]) -> Mapping[int, Row[Any]]:
    if not ids:
        return {}
    campaign = campaigns.c
    found = select(campaign.id, campaign.hours, campaign.stop_reason).where(campaign.id.in_(ids))
    return {row.id: row for row in connection.execute(found)}


def _sent(connection: Connection, contact_ids: list[int]) -> list[Row[Any]]:
    """When unsolicited messages left, or may have left, for these people in the last day."""
    return list(
        connection.execute(
            select(conversations.c.contact_id, _outbound.attempted_at)
            .join(conversations, conversations.c.id == _outbound.conversation_id)
            .where(
                conversations.c.contact_id.in_(contact_ids),
                _outbound.message_class.in_(sorted(UNSOLICITED)),
                _outbound.attempted_at > seconds_from_now(-LONGEST_DAY_S),
                _outbound.status.in_(("sending", "sent", "unknown", "parked")),
            )
        )
    )

"""Put a run's history together: from the carrier's journal and messages, and from the tables."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select

from bot.store.tables import contacts, conversations, inbound_messages, outbound_messages
from chaos.history import Accepted, Exchange, Inbound, Kept, Report, Row
from handset.client import Handset

Entry = Mapping[str, Any]
_OURS = re.compile(r"[?&]message=(\d+)$")


@dataclass(frozen=True)
class Seen:
    """What the carrier and the gateway saw: texts and accepted messages, each in order, how often
    each message was asked for, and the payments whose notice was taken, by session."""

    texts: Sequence[Inbound]
    accepted: Sequence[Accepted]
    asked: Mapping[int, int]
    noticed: Set[str]


def of_carrier(handset: Handset) -> Seen:
    """Read the journal and all messages."""
    messages = sorted(handset.every_message(), key=lambda one: one["id"])
    kinds: dict[str, list[Entry]] = defaultdict(list)
    for entry in handset.journal():
        kinds[entry["kind"]].append(entry)
    brought = _by_subject([*kinds["inbound"], *kinds["repeat"]])
    reported = _by_subject(kinds["callback"])
    created = {entry["subject"]: entry for entry in kinds["create"] if entry["subject"]}
    texts = [_inbound(one, brought) for one in messages if one["direction"] == "inbound"]
    accepted = [
        _accepted(one, created[one["sid"]], reported)
        for one in messages
        if one["direction"] != "inbound"
    ]
    asked = Counter(ours for entry in kinds["create"] if (ours := _ours(entry)) is not None)
    noticed = {one["subject"] for one in kinds["payment"] if _exchange(one).accepted}
    return Seen(texts, accepted, asked, noticed)


def _by_subject(entries: Iterable[Entry]) -> Mapping[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry["subject"]].append(entry)
    return found


def _exchange(entry: Entry) -> Exchange:
    return Exchange(entry["began"], entry["ended"], entry["answer"])


def _inbound(message: Entry, brought: Mapping[str, list[Entry]]) -> Inbound:
    exchanges = tuple(_exchange(entry) for entry in brought.get(message["sid"], ()))
    return Inbound(message["sid"], message["number"], message["body"], exchanges)


def _accepted(message: Entry, created: Entry, reported: Mapping[str, list[Entry]]) -> Accepted:
    reports = tuple(
        Report(entry["detail"], _exchange(entry)) for entry in reported.get(message["sid"], ())
    )
    return Accepted(
        message["sid"],
        message["number"],
        message["body"],
        _ours(created),
        created["began"],
        message["status"],
        reports,
    )


def _ours(created: Entry) -> int | None:
    found = _OURS.search(created["detail"])
    return int(found[1]) if found else None


def kept(engine: Engine) -> list[Kept]:
    """The inbound messages in their order."""
    query = select(inbound_messages).order_by(inbound_messages.c.id)
    with engine.connect() as connection:
        return [
            Kept(
                row.id,
                row.provider_sid,
                row.sender,
                row.status,
                "overtaken" in (row.error or ""),
                row.created_at.timestamp(),
                row.written_at,
            )
            for row in connection.execute(query)
        ]


def rows(engine: Engine) -> list[Row]:
    """The outbound messages in their order."""
    query = (
        select(outbound_messages, contacts.c.number)
        .join(conversations, conversations.c.id == outbound_messages.c.conversation_id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .order_by(outbound_messages.c.id)
    )
    with engine.connect() as connection:
        return [
            Row(
                row.id,
                row.number,
                row.inbound_id,
                row.body,
                row.script_key,
                row.message_class,
                row.status,
                row.attempts,
                row.reason or "",
                row.delivery_status,
                row.provider_sid,
            )
            for row in connection.execute(query)
        ]

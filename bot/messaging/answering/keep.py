"""Keep texts as they come in: once per provider id, in conversations that are found or made."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection, literal_column, select, union_all

from bot.dialogue.vocabulary import Intent
from bot.messaging.answering import conversation
from bot.messaging.answering.conversation import Locked, Numbers
from bot.messaging.answering.read import Text
from bot.store import bulk
from bot.store.columns import among
from bot.store.tables import contacts, inbound_messages, senders
from bot.text import mask, phone

LONGEST_TEXT = 1600
LONGEST_NUMBER = 64

log = structlog.get_logger(__name__)

# What is known of texts without a conversation; one question for three costs a third.
_KNOWN = union_all(
    select(literal_column("'sender'").label("kind"), senders.c.number.label("name"), senders.c.id)
    .where(among(senders.c.number, "ours")),
    select(literal_column("'contact'"), contacts.c.number, contacts.c.id)
    .where(among(contacts.c.number, "theirs")),
    select(literal_column("'text'"), inbound_messages.c.provider_sid, inbound_messages.c.id)
    .where(
        among(inbound_messages.c.provider, "providers"),
        among(inbound_messages.c.provider_sid, "sids"),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """What became of a text: kept in a locked conversation, or without one where it has none.

    `busy` says that it was not kept, for another transaction has its conversation locked.
    """

    row: Locked | None = None
    busy: bool = False


def keep(connection: Connection, texts: Sequence[Text], wait: bool = True) -> list[Kept]:
    """Keep texts, at most one of each pair of numbers; in their order, what became of them.

    Without `wait` those whose conversation somebody else has locked are left out as busy.
    """
    found = conversation.find_all(connection, [text.numbers for text in texts], wait)
    strangers = [text for text in texts if text.numbers not in found]
    busy = _meet(connection, strangers, wait, found) if strangers else set()
    # The conversations are locked by now, so ids are given in the order of the commits.
    rows = [
        _row(text, found[text.numbers].id, text.heard.text, "waiting")
        for text in texts
        if text.numbers in found
    ]
    _insert(connection, rows)
    return [Kept(found.get(text.numbers), text.numbers in busy) for text in texts]


def _meet(
    connection: Connection, texts: Sequence[Text], wait: bool, found: dict[Numbers, Locked]
) -> set[Numbers]:
    """Make conversations for who can be answered, into `found`; who is busy is returned.

    A text that was kept before without a conversation does not get one by coming again.
    """
    known = _known(connection, texts)
    new = [text for text in texts if ("text", text.heard.sid) not in known]
    met = {
        text.numbers: known["sender", text.heard.recipient]
        for text in new
        if ("sender", text.heard.recipient) in known and phone.can_be_answered(text.heard.sender)
    }
    busy = set() if wait else {pair for pair in met if ("contact", pair[1]) in known}
    made = {pair: sender for pair, sender in met.items() if pair not in busy}
    if made:
        conversation.make_all(connection, made)
        found |= conversation.find_all(connection, made.keys(), wait)
    _keep_apart(connection, [text for text in new if text.numbers not in met], known)
    return busy | (made.keys() - found.keys())


def _known(connection: Connection, texts: Iterable[Text]) -> Mapping[tuple[str, str], int]:
    """The ids of our senders, contacts and earlier texts among these, by kind and name."""
    heard = [text.heard for text in texts]
    asked = {
        "ours": [one.recipient for one in heard],
        "theirs": [one.sender for one in heard],
        "providers": list({one.provider for one in heard}),
        "sids": [one.sid for one in heard],
    }
    return {(row.kind, row.name): row.id for row in connection.execute(_KNOWN, asked)}


def _keep_apart(
    connection: Connection, texts: Sequence[Text], known: Mapping[tuple[str, str], int]
) -> None:
    """Texts that nobody can be answered for: not to one of our numbers, or not from a number."""
    rows = []
    for text in texts:
        ours = ("sender", text.heard.recipient) in known
        # Nobody will ask what the digits prove, so whether they are a secret stays unknown.
        body = mask.digits(text.heard.text)
        rows.append(_row(text, None, body, "ignored" if ours else "unrouted"))
        log.info("text.not_answerable", sender=mask.number(text.heard.sender))
    _insert(connection, rows)


def _row(text: Text, conversation_id: int | None, body: str, status: str) -> dict[str, Any]:
    heard = text.heard
    return {
        "provider": heard.provider,
        "provider_sid": heard.sid,
        "conversation_id": conversation_id,
        "sender": heard.sender[:LONGEST_NUMBER],
        "recipient": heard.recipient[:LONGEST_NUMBER],
        "body": body[:LONGEST_TEXT],
        "carrier_intent": heard.carrier,
        "written_at": heard.written_at,
        "status": status,
        "intent": Intent.STOP if text.stops and conversation_id else None,
    }


def _insert(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    bulk.insert_once(connection, inbound_messages, ("provider", "provider_sid"), rows)

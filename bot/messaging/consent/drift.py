"""Where our stops and the provider's refusals differ; each difference is for a person to settle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from bot.compliance import opt_outs
from bot.providers import RefusedNumber, codes
from bot.store.tables import consent_pushes, contacts, conversations, outbound_messages, senders


@dataclass(frozen=True)
class Difference:
    """One number, in E.164 form, and what differs, in words."""

    number: str
    words: str


def compare(
    connection: Connection, listed: Sequence[RefusedNumber], provider: str
) -> list[Difference]:
    """Refusals by the provider, in its list or answered to us, and pushes it lacks."""
    return [*_refused_unknown(connection, listed, provider), *_untold(connection)]


def _refused_unknown(
    connection: Connection, listed: Sequence[RefusedNumber], provider: str
) -> list[Difference]:
    """The provider refuses, and we hold no stop and heard no START since."""
    last: dict[str, datetime] = {}
    for number, at in [*_refusals(connection, provider), *((one.number, one.at) for one in listed)]:
        last[number] = max(at, last.get(number, at))
    return [
        Difference(number, "the provider refuses this number as unsubscribed, we do not")
        for number, at in sorted(last.items())
        if _willing(connection, number, at)
    ]


def _refusals(connection: Connection, provider: str) -> list[tuple[str, datetime]]:
    message = outbound_messages.c
    found = connection.execute(
        select(contacts.c.number, message.attempted_at)
        .join(conversations, conversations.c.contact_id == contacts.c.id)
        .join(outbound_messages, message.conversation_id == conversations.c.id)
        .where(message.provider == provider, message.error_code.in_(codes.opt_outs(provider)))
        .where(message.attempted_at.is_not(None))
    )
    return [(row.number, row.attempted_at) for row in found]


def _willing(connection: Connection, number: str, refused_at: datetime) -> bool:
    contact = connection.execute(select(contacts.c.id).where(contacts.c.number == number)).scalar()
    if contact is None:
        return True
    started = opt_outs.started_at(connection, contact)
    if started is not None and started > refused_at:
        return False
    ours: list[int] = list(connection.execute(select(senders.c.id)).scalars())
    return not any(opt_outs.is_stopped(connection, contact, sender) for sender in ours)


def _untold(connection: Connection) -> list[Difference]:
    push = consent_pushes.c
    found = connection.execute(
        select(contacts.c.number, push.status, push.state)
        .join(conversations, conversations.c.id == push.conversation_id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .where(push.state != "done")
        .order_by(push.id)
    )
    return [
        Difference(row.number, f"the provider has not taken our {row.status} ({row.state})")
        for row in found
    ]

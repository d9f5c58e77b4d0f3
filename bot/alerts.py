"""Alerts: what needs a person of the company, raised once per kind and subject until settled."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, ScalarSelect, select, update

from bot.store.columns import utc_now
from bot.store.session import insert
from bot.store.tables import alerts

LONGEST_WORDS = 300


class Kind(StrEnum):
    """What an alert is about.

    Our account or sender at the provider, a region, a script that carriers take for spam, messages
    that a person must decide about, one conversation, and the loop or flood in one; a delivery rate
    that fell, messages under our number that we did not send; a payment gateway that does not work,
    money that is not where it should be, a payment that was charged back; a person who keeps
    answering wrongly who they are, secrets that are being guessed, a balance source that is away.
    """

    ACCOUNT = "account"
    SENDER = "sender"
    REGION = "region"
    SCRIPT = "script"
    OUTBOX = "outbox"
    CONVERSATION = "conversation"
    LOOP = "loop"
    DELIVERY = "delivery"
    FOREIGN = "foreign"
    GATEWAY = "gateway"
    PAYMENT = "payment"
    CHARGEBACK = "chargeback"
    VERIFICATION = "verification"
    GUESSING = "guessing"
    BALANCES = "balances"


def alert(
    connection: Connection,
    kind: Kind,
    subject: str,
    words: str,
    sender_id: "int | ScalarSelect[int] | None" = None,
) -> None:
    """Raise an alert, or count it once more where it is open already.

    `subject` says what it is about by our own name or id; it and `words`, which say what happened
    and what to do, hold no personal data. `sender_id` says whose department it concerns; without
    one it is the whole company's.
    """
    new = {"kind": kind, "subject": subject, "words": words[:LONGEST_WORDS], "sender_id": sender_id}
    row = insert(connection, alerts).values(**new)
    connection.execute(
        row.on_conflict_do_update(
            index_elements=["kind", "subject"],
            index_where=alerts.c.settled_at.is_(None),
            set_={
                "words": row.excluded.words,
                "count": alerts.c.count + 1,
                "last_at": utc_now(),
            },
        )
    )


def settle(connection: Connection, kind: Kind, subject: str, actor: str, reason: str) -> bool:
    """End an alert; False where none is open.

    `actor` is clock, carrier, gateway, or staff:<name>.
    """
    ended = connection.execute(
        update(alerts)
        .where(alerts.c.kind == kind, alerts.c.subject == subject, alerts.c.settled_at.is_(None))
        .values(settled_at=utc_now(), settled_by=actor, settle_reason=reason)
    )
    return bool(ended.rowcount)


def unsettled(
    connection: Connection, limit: int = 100, *conditions: ColumnElement[bool]
) -> Sequence[Row[Any]]:
    """The open alerts, the newest first: id, kind, subject, words, count, created_at, last_at."""
    found = select(alerts).where(alerts.c.settled_at.is_(None), *conditions)
    newest_first = (alerts.c.last_at.desc(), alerts.c.id.desc())
    return connection.execute(found.order_by(*newest_first).limit(limit)).all()

"""Why a message was or was not sent: the gate's last verdict on it, kept with the message."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.messaging.verdict import Reason
from bot.store.tables import outbound_messages


def kept(reasons: Sequence[Reason]) -> list[Mapping[str, str]]:
    """Reasons as they are stored with a message: the rule, its words, and until when."""
    return [
        {
            "rule": reason.rule,
            "words": reason.words,
            **({"until": reason.until.isoformat()} if reason.until else {}),
        }
        for reason in reasons
    ]


def explain(connection: Connection, outbound_id: int) -> Row[Any] | None:
    """Class, purpose, exemption, verdict and all reasons of any message; None: no such message.

    A verdict of None means that the message was not yet due, so that nobody asked.
    """
    message = outbound_messages.c
    return connection.execute(
        select(
            message.message_class,
            message.purpose,
            message.exemption,
            message.exemption_note,
            message.approved_by,
            message.status,
            message.not_before,
            message.verdict,
            message.verdict_reasons,
        ).where(message.id == outbound_id)
    ).one_or_none()

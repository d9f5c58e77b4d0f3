"""What a person of the company decides about a message: send it after all, or give it up.

Each decision is kept with who took it (`actor`: staff:<name>) and why (`outbox_acts`).
"""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, exists, select, update

from bot.compliance import opt_outs
from bot.errors import OutboxRefused
from bot.messaging.sending import acts, parked
from bot.messaging.sending.undecided import Trouble, one
from bot.messaging.sending.useful import useful_for
from bot.store.columns import seconds_from_now, utc_now
from bot.store.tables import opt_outs as stops
from bot.store.tables import outbound_messages

RETRIED = frozenset({Trouble.PARKED, Trouble.FAILED, Trouble.EXPIRED})
DISCARDED = frozenset({"queued", "unknown", "parked", "failed"})
LONGEST_REASON = 150
STAFF = "staff:"
_NAME = re.compile(r"[\w.@-]{1,50}")

_outbound = outbound_messages.c


def retry(
    connection: Connection,
    message_id: int,
    actor: str,
    reason: str,
    *,
    did_not_arrive: bool = False,
) -> None:
    """Put a message back into its line, with all its attempts and its time before it again.

    The gate is asked once more before it leaves. Raises OutboxRefused, above all for one that
    perhaps arrived, unless `did_not_arrive` says that somebody has made sure, and for one whose
    recipient has stopped messages since.
    """
    _check(reason)
    row = _locked(connection, message_id)
    _check_retry(connection, row, did_not_arrive)
    _change(connection, row, _afresh(row))
    _record(connection, row, "retry", actor, reason)


def _check_retry(connection: Connection, row: Row[Any], did_not_arrive: bool) -> None:
    if row.trouble not in RETRIED:
        words = f"Message {row.id} is {row.status}: there is nothing to try again."
        raise OutboxRefused("nothing", words, row.id)
    if row.trouble == Trouble.PARKED and not did_not_arrive:
        raise OutboxRefused(
            "perhaps_arrived",
            f"Message {row.id} perhaps arrived: ask its recipient, and say it with"
            " --it-did-not-arrive.",
            row.id,
        )
    if _stopped_since(connection, row):
        words = f"The recipient of message {row.id} has stopped messages since."
        raise OutboxRefused("stopped", words, row.id)


def _afresh(row: Row[Any]) -> Mapping[str, Any]:
    """What makes a message as good as new."""
    return {
        "status": "queued",
        "reason": None,
        "not_before": utc_now(),
        "expires_at": seconds_from_now(useful_for(row.message_class)),
        "attempts": 0,
        "absences": 0,
        "error_code": None,
        "verdict": None,
        "verdict_reasons": None,
    }


def discard(connection: Connection, message_id: int, actor: str, reason: str) -> None:
    """Give a message up for good: it never leaves, or never again. Raises OutboxRefused."""
    _check(reason)
    row = _locked(connection, message_id)
    if row.status not in DISCARDED:
        words = f"Message {message_id} is {row.status}: it cannot be taken back."
        raise OutboxRefused("final", words, message_id)
    words = f"given up by {actor.removeprefix(STAFF)}: {reason.strip()}"
    _change(connection, row, {"status": "canceled", "reason": words[: acts.LONGEST_REASON]})
    _record(connection, row, "discard", actor, reason)


def actor_of(name: str) -> str:
    """The actor that is kept of a name somebody gives; raises OutboxRefused."""
    if not _NAME.fullmatch(name):
        words = "A name is 1 to 50 letters, digits, dots, dashes and underscores."
        raise OutboxRefused("no_name", words)
    return f"{STAFF}{name}"


def _check(reason: str) -> None:
    if not reason.strip() or len(reason) > LONGEST_REASON:
        words = f"Give a reason, in {LONGEST_REASON} characters at most."
        raise OutboxRefused("no_reason", words)


def _stopped_since(connection: Connection, row: Row[Any]) -> bool:
    """Whether a stop of everything that still holds was said after the message was written."""
    stop = stops.c
    holds = opt_outs.active(row.contact_id, row.sender_id) & stop.purpose.is_(None)
    found = exists().where(holds, stop.created_at > row.created_at)
    return bool(connection.execute(select(found)).scalar())


def _locked(connection: Connection, message_id: int) -> Row[Any]:
    lock = select(_outbound.id).where(_outbound.id == message_id).with_for_update()
    connection.execute(lock)
    return one(connection, message_id)


def _change(connection: Connection, row: Row[Any], changes: Mapping[str, Any]) -> None:
    connection.execute(update(outbound_messages).where(_outbound.id == row.id).values(**changes))


def _record(connection: Connection, row: Row[Any], act: acts.Act, actor: str, reason: str) -> None:
    acts.record(connection, row, act, actor, reason.strip())
    if row.status == "parked":
        parked.settle(connection, actor, reason.strip())

"""What came of attempts, written down: only by whoever holds the claim."""

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Float, String, bindparam, case, literal_column, update

from bot.messaging.sending import parked
from bot.messaging.sending.attempts import Result
from bot.messaging.sending.heads import written_out
from bot.store.columns import seconds_from_now, utc_now
from bot.store.tables import outbound_messages

# That a message was sent is true whatever was thought of it meanwhile, and keeps it from being sent
# once more; a refusal counts only while nobody else has come to a conclusion.
SENT_AFTER_ALL = written_out(("sending", "unknown", "queued", "parked"))

_outbound = outbound_messages.c
_is_sent = bindparam("new_status", type_=String) == literal_column("'sent'", String)
_MARK = (
    update(outbound_messages)
    .where(
        _outbound.id == bindparam("message"),
        _outbound.attempt_token == bindparam("token"),
        (_outbound.status == "sending") | (_is_sent & _outbound.status.in_(SENT_AFTER_ALL)),
    )
    .values(
        status=bindparam("new_status"),
        provider=bindparam("through"),
        provider_sid=bindparam("sid"),
        reason=bindparam("why"),
        error_code=bindparam("code"),
        attempts=_outbound.attempts - bindparam("untried"),
        not_before=seconds_from_now(bindparam("retry_in", type_=Float)),
        sent_at=case((_is_sent, utc_now())),
    )
)


def mark(connection: Connection, results: Sequence[Result]) -> None:
    """Write down what came of attempts; an attempt whose token was overtaken changes nothing."""
    # In one order, whoever marks them, so that no two wait for each other.
    ordered = sorted(results, key=lambda result: result.message.id)
    connection.execute(_MARK, [_marks(result) for result in ordered])
    # Only once its lease has run out can a message have been parked meanwhile.
    if any(result.message.leased_until < time.monotonic() for result in results):
        parked.settle(connection, "clock", "the provider's answer came after all")


def _marks(result: Result) -> dict[str, Any]:
    return {
        "message": result.message.id,
        "token": result.message.token,
        "new_status": result.status,
        "through": result.provider,
        "sid": result.provider_sid,
        "why": result.reason,
        "code": result.message.last_code if result.given_back else result.error_code,
        "untried": int(result.given_back or result.uncounted),
        "retry_in": result.retry_in,
    }

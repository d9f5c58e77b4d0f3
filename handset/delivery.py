"""What doing an errand means: a step that is done here, or a post whose answer decides."""

import sqlite3
import time
from collections.abc import Callable

from handset import errands, gateway, gateway_events, messages, webhooks
from handset.errands import Errand, Kind
from handset.gateway_sessions import State
from handset.messages import Status
from handset.posting import Post
from handset.runtime import Runtime
from handset.settings import Settings

# Twilio's code for a webhook that gave no usable answer.
WEBHOOK_FAILED = 11200
# Seconds from a failed try to the next. Twilio retries five times within about 15 s (rc=5),
# payment gateways are more patient.
_PAUSES = {
    Kind.INBOUND: (0.25, 0.5, 1.0, 2.0, 4.0),
    Kind.CALLBACK: (0.25, 0.5, 1.0, 2.0, 4.0),
    Kind.PAYMENT: (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 120.0),
}
_POSTS: dict[Kind, Callable[[sqlite3.Connection, Settings, Errand], Post | None]] = {
    Kind.INBOUND: webhooks.inbound,
    Kind.CALLBACK: webhooks.callback,
    Kind.PAYMENT: gateway_events.post,
}


def begin(runtime: Runtime, db: sqlite3.Connection, errand: Errand) -> Post | None:
    """The post to make, whose answer `settle` is told; None when the errand is done with this."""
    if errand.kind in _POSTS:
        post = _POSTS[errand.kind](db, runtime.settings, errand)
        if post:
            return post
    elif errand.kind is Kind.EXPIRY:
        gateway.advance(runtime, db, errand.subject, State.EXPIRED)
    else:
        _climb(db, errand.subject, Status(errand.detail))
    errands.done(db, errand)
    return None


def settle(db: sqlite3.Connection, errand: Errand, answer: int | None) -> None:
    """Judge the HTTP status a post came back with: none, 429 and 5xx are worth another try."""
    worth_a_try = answer is None or answer == 429 or answer >= 500
    if worth_a_try and errand.attempt < len(_PAUSES[errand.kind]):
        errands.retry(db, errand, time.time() + _PAUSES[errand.kind][errand.attempt])
        return
    errands.done(db, errand)
    if errand.kind is Kind.INBOUND:
        _end_inbound(db, errand.subject, taken=answer is not None and 200 <= answer < 300)


def _climb(db: sqlite3.Connection, sid: str, status: Status) -> None:
    failed = status is Status.UNDELIVERED
    messages.advance(db, sid, status, webhooks.UNREACHABLE_HANDSET if failed else None)


def _end_inbound(db: sqlite3.Connection, sid: str, taken: bool) -> None:
    if taken:
        messages.advance(db, sid, Status.RECEIVED)
    else:
        messages.advance(db, sid, Status.FAILED, WEBHOOK_FAILED)

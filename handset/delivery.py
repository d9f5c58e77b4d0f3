"""What doing an errand means: a step that is done here, or a post whose answer decides."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace

from handset import errands, gateway, gateway_events, journal, messages, webhooks
from handset.errands import Errand, Kind
from handset.faults import Fault, Faults
from handset.gateway_sessions import State
from handset.journal import Entry
from handset.messages import Status
from handset.posting import Answer, Heeds, Post
from handset.runtime import Runtime
from handset.settings import Settings

# Twilio's code for a webhook that gave no usable answer.
WEBHOOK_FAILED = 11200
# Seconds from a failed try to the next. Twilio retries five times within about 15 s (rc=5),
# payment gateways are more patient.
_PAUSES = {
    Kind.INBOUND: (0.25, 0.5, 1.0, 2.0, 4.0),
    Kind.REPEAT: (),
    Kind.CALLBACK: (0.25, 0.5, 1.0, 2.0, 4.0),
    Kind.PAYMENT: (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 120.0),
}
_POSTS: dict[Kind, Callable[[sqlite3.Connection, Settings, Errand], Post | None]] = {
    Kind.INBOUND: webhooks.inbound,
    Kind.REPEAT: webhooks.inbound,
    Kind.CALLBACK: webhooks.callback,
    Kind.PAYMENT: gateway_events.post,
}


def begin(runtime: Runtime, db: sqlite3.Connection, errand: Errand) -> Post | None:
    """The post to make, whose answer `settle` is told; None when the errand is done with this."""
    if errand.kind in _POSTS:
        post = _POSTS[errand.kind](db, runtime.settings, errand)
        if post:
            return replace(post, heeds=_heeds(runtime.faults))
    elif errand.kind is Kind.EXPIRY:
        gateway.advance(runtime, db, errand.subject, State.EXPIRED)
    else:
        _climb(db, errand.subject, Status(errand.detail))
    errands.done(db, errand)
    return None


def _heeds(faults: Faults) -> Heeds:
    if faults.strikes(Fault.HANG_UP):
        return Heeds.HANGS_UP
    return Heeds.LOSES if faults.strikes(Fault.ANSWER_LOST) else Heeds.ALL


def settle(db: sqlite3.Connection, errand: Errand, answer: Answer, faults: Faults) -> None:
    """Judge what a post came back with: no status, 429 and 5xx are worth another try."""
    status = answer.status
    told = journal.UNHEARD if answer.lost else status or 0
    entry = Entry(errand.kind, errand.subject, errand.detail, answer.began, answer.ended, told)
    journal.write(db, [entry])
    worth_a_try = status is None or status == 429 or status >= 500
    if worth_a_try and _tries_again(errand, faults):
        errands.retry(db, errand, time.time() + _PAUSES[errand.kind][errand.attempt])
        return
    errands.done(db, errand)
    if errand.kind is Kind.INBOUND:
        _end_inbound(db, errand.subject, taken=status is not None and 200 <= status < 300)


def _tries_again(errand: Errand, faults: Faults) -> bool:
    if errand.kind is Kind.INBOUND and faults.strikes(Fault.INBOUND_ONCE):
        return False
    return errand.attempt < len(_PAUSES[errand.kind])


def _climb(db: sqlite3.Connection, sid: str, status: Status) -> None:
    failed = status is Status.UNDELIVERED
    messages.advance(db, sid, status, webhooks.UNREACHABLE_HANDSET if failed else None)


def _end_inbound(db: sqlite3.Connection, sid: str, taken: bool) -> None:
    if taken:
        messages.advance(db, sid, Status.RECEIVED)
    else:
        messages.advance(db, sid, Status.FAILED, WEBHOOK_FAILED)

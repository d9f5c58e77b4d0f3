"""A payment gateway in small: sessions that are opened, paid once, and reported to the shop."""

import sqlite3
import time

from handset import carrier, errands, gateway_events, gateway_sessions
from handset.errands import Errand, Kind
from handset.gateway_request import SessionRequest
from handset.gateway_sessions import Session, State
from handset.runtime import Runtime

_MAY_BECOME = {
    State.OPEN: {State.PENDING, State.PAID, State.FAILED, State.EXPIRED},
    State.PENDING: {State.PAID, State.EXPIRED},
}


class KeyReusedError(Exception):
    """An idempotency key came again with another request."""


def open_session(runtime: Runtime, request: SessionRequest, key: str | None) -> Session:
    """A new session, or the one this idempotency key made before; raises KeyReusedError."""
    with runtime.store.transaction() as db:
        session = gateway_sessions.of_key(db, key)
        if session and session.request != request:
            raise KeyReusedError
        session = session or _insert(db, request, key)
    runtime.work.ring()
    return session


def become(runtime: Runtime, session_id: str, status: State) -> None:
    """Let a session reach a state; nothing happens when it cannot, or has reached it already."""
    with runtime.store.transaction() as db:
        advance(runtime, db, session_id, status)
    runtime.work.ring()


def advance(runtime: Runtime, db: sqlite3.Connection, session_id: str, status: State) -> None:
    """The same within a transaction: change the state, and put its report on the list."""
    session = gateway_sessions.find(db, session_id)
    if session is None or status not in _MAY_BECOME.get(session.status, ()):
        return
    event = gateway_events.describe(gateway_sessions.advance(db, session, status))
    report = Errand(Kind.PAYMENT, session_id, event, time.time())
    errands.add(db, carrier.troubled([report], runtime.faults))


def _insert(db: sqlite3.Connection, request: SessionRequest, key: str | None) -> Session:
    session = gateway_sessions.insert(db, request, key)
    errands.add(db, [Errand(Kind.EXPIRY, session.id, due=session.expires)])
    return session

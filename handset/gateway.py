"""A payment gateway in small: sessions that are opened, paid once, and reported to the shop."""

import sqlite3
import time

from handset import carrier, errands, gateway_events, gateway_payments, gateway_sessions
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


def become(runtime: Runtime, session_id: str, *states: State) -> None:
    """Let a session reach states, one after the other; one that it cannot reach is left out."""
    with runtime.store.transaction() as db:
        for state in states:
            advance(runtime, db, session_id, state)
    runtime.work.ring()


def advance(runtime: Runtime, db: sqlite3.Connection, session_id: str, status: State) -> None:
    """The same within a transaction: change the state, and put its report on the list."""
    session = gateway_sessions.find(db, session_id)
    if session and status in _MAY_BECOME.get(session.status, ()):
        _change(runtime, db, session, status)


def pay_late(runtime: Runtime, session_id: str) -> None:
    """Let the time for a store run out, and the cash arrive all the same, as happens."""
    with runtime.store.transaction() as db:
        advance(runtime, db, session_id, State.EXPIRED)
        session = gateway_sessions.find(db, session_id)
        if session and session.status is State.EXPIRED:
            _change(runtime, db, session, State.PAID)
    runtime.work.ring()


def refund(runtime: Runtime, session_id: str, parts: int) -> None:
    """Give back one of so many parts of a payment, or what is left of it."""
    with runtime.store.transaction() as db:
        session = gateway_sessions.find(db, session_id)
        left = _left(db, session)
        if session and left > 0:
            amount = session.request.amount // parts or 1
            gateway_payments.refund(db, session_id, min(amount, left))
            _report(runtime, db, session, "refunded")
    runtime.work.ring()


def dispute(runtime: Runtime, session_id: str) -> None:
    """Let the card's company take a payment back; the second time, let the shop win."""
    with runtime.store.transaction() as db:
        session = gateway_sessions.find(db, session_id)
        payment = gateway_payments.find(db, session_id)
        if session and payment.paid and not payment.won:
            step, told = (
                (gateway_payments.win, "chargeback_won")
                if payment.dispute
                else (gateway_payments.dispute, "charged_back")
            )
            step(db, session_id)
            _report(runtime, db, session, told)
    runtime.work.ring()


def _left(db: sqlite3.Connection, session: Session | None) -> int:
    payment = gateway_payments.find(db, session.id) if session else gateway_payments.Payment()
    return session.request.amount - payment.refunded if session and payment.paid else 0


def _change(runtime: Runtime, db: sqlite3.Connection, session: Session, status: State) -> None:
    changed = gateway_sessions.advance(db, session, status)
    if status is State.PAID:
        gateway_payments.insert(db, session.id)
    _report(runtime, db, changed, status)


def _report(runtime: Runtime, db: sqlite3.Connection, session: Session, told: str) -> None:
    event = gateway_events.describe(session, told, gateway_payments.find(db, session.id))
    report = Errand(Kind.PAYMENT, session.id, event, time.time())
    errands.add(db, carrier.troubled([report], runtime.faults))


def _insert(db: sqlite3.Connection, request: SessionRequest, key: str | None) -> Session:
    session = gateway_sessions.insert(db, request, key)
    errands.add(db, [Errand(Kind.EXPIRY, session.id, due=session.expires)])
    return session

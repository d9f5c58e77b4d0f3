"""The payment gateway's API for shops: open a session, look at one, find them by reference."""

import hmac

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from handset import gateway, gateway_payments, gateway_request, gateway_sessions
from handset.gateway_request import RequestError
from handset.gateway_sessions import Session, State
from handset.runtime import current

api = Blueprint("gateway_api", __name__, url_prefix="/gateway/v1/sessions")

_MOST_LISTED = 100


@api.before_request
def authenticate() -> Response | None:
    """Ask for "Authorization: Bearer" and the gateway's secret."""
    wanted = f"Bearer {current().settings.gateway_secret}"
    given = request.headers.get("Authorization", "")
    if hmac.compare_digest(wanted.encode(), given.encode()):
        return None
    return _refusal(401, "unauthorized", "the bearer secret is missing or wrong")


@api.post("")
def create() -> ResponseReturnValue:
    """201 and the session; the same Idempotency-Key and body give the same session again."""
    try:
        wanted = gateway_request.read(request.get_json(silent=True))
        key = request.headers.get("Idempotency-Key")
        session = gateway.open_session(current(), wanted, key)
    except RequestError as refused:
        return _refusal(400, "invalid_request", str(refused))
    except gateway.KeyReusedError:
        return _refusal(409, "idempotency_key_reused", "this key came with another request before")
    return jsonify(_json(session)), 201


@api.get("/<session_id>")
def fetch(session_id: str) -> ResponseReturnValue:
    """One session, or 404."""
    session = _find(session_id)
    return jsonify(_json(session)) if session else _refusal(404, "not_found", "no such session")


@api.post("/<session_id>/expire")
def expire(session_id: str) -> ResponseReturnValue:
    """End a session before its time; 409 where it is not open any more."""
    return _while_open(session_id, State.EXPIRED, "this session cannot be ended")


@api.post("/<session_id>/order")
def order(session_id: str) -> ResponseReturnValue:
    """Order a number to pay with at a store, without the page; 409 where it is too late."""
    words = "this session cannot be paid at a store any more"
    return _while_open(session_id, State.PENDING, words)


def _while_open(session_id: str, state: State, refused: str) -> ResponseReturnValue:
    session = _find(session_id)
    if session and session.status is not State.OPEN:
        return _refusal(409, "not_open", refused)
    gateway.become(current(), session_id, state)
    return fetch(session_id)


@api.get("")
def index() -> ResponseReturnValue:
    """{"sessions": [...]}, newest first, at most 100: those opened for ?reference=, or those of
    ?created_since= (Unix seconds) that come after ?before= (a session id)."""
    reference, since = request.args.get("reference", ""), request.args.get("created_since", "")
    with current().store.transaction() as db:
        if since.isdecimal():
            before = request.args.get("before")
            found = gateway_sessions.since(db, int(since), before, _MOST_LISTED)
        else:
            found = gateway_sessions.of_reference(db, reference, _MOST_LISTED)
    return jsonify(sessions=[_json(session) for session in found])


def _find(session_id: str) -> Session | None:
    with current().store.transaction() as db:
        return gateway_sessions.find(db, session_id)


def _json(session: Session) -> dict[str, object]:
    with current().store.transaction() as db:
        payment = gateway_payments.find(db, session.id)
    return vars(session.request) | {
        "id": session.id,
        "url": f"{current().settings.url}/gateway/pay/{session.id}",
        "status": session.status,
        "payment_id": session.payment_id,
        "number": session.slip if session.status is State.PENDING else None,
        "created": session.created,
        "expires": session.expires,
        "paid": payment.paid,
        "amount_refunded": payment.refunded,
        "dispute_id": payment.dispute,
        "dispute_won": payment.won,
    }


def _refusal(status: int, code: str, message: str) -> Response:
    response = jsonify(error={"code": code, "message": message})
    response.status_code = status
    return response

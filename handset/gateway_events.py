"""What the payment gateway tells a shop about a session, and the signature that proves it."""

import hashlib
import hmac
import json
import sqlite3
import time
from secrets import token_hex

from handset import gateway_sessions
from handset.errands import Errand
from handset.gateway_payments import Payment
from handset.gateway_sessions import Session
from handset.posting import Post
from handset.settings import Settings


def describe(session: Session, told: str, payment: Payment) -> str:
    """The JSON of an event: what has just happened to the session."""
    about = {
        "id": session.id,
        "reference": session.request.reference,
        "amount": session.request.amount,
        "currency": session.request.currency,
        "status": told,
        "payment_id": session.payment_id,
    } | _more(session, told, payment)
    head = {"id": "evt_" + token_hex(12), "type": f"payment.{told}"}
    return json.dumps(head | {"created": int(time.time()), "session": about})


def _more(session: Session, told: str, payment: Payment) -> dict[str, object]:
    """What only some events tell: the number for a store, what went back in all, which dispute."""
    match told:
        case "pending":
            return {"pay_by": session.expires, "number": session.slip}
        case "refunded":
            return {"amount_refunded": payment.refunded}
        case "charged_back" | "chargeback_won":
            return {"dispute_id": payment.dispute}
    return {}


def signature(secret: str, moment: int, body: bytes) -> str:
    """Henji-Gateway-Signature: "t=<unix seconds>,v1=<hex HMAC-SHA256 of t, a dot and the body>"."""
    signed = f"{moment}.".encode() + body
    return f"t={moment},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def post(db: sqlite3.Connection, settings: Settings, errand: Errand) -> Post | None:
    """The POST of an event to the shop's webhook, signed now; None when the session is gone."""
    session = gateway_sessions.find(db, errand.subject)
    if session is None:
        return None
    body = errand.detail.encode()
    headers = {
        "Content-Type": "application/json",
        "Henji-Gateway-Signature": signature(settings.gateway_secret, int(time.time()), body),
    }
    return Post(session.request.webhook_url, body, headers)

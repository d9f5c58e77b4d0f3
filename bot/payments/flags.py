"""What a person must be told of a payment, in words that say what to do."""

from collections.abc import Mapping

from sqlalchemy import Connection

from bot import alerts
from bot.alerts import Kind
from bot.payments.gateways import GatewayEvent
from bot.payments.judgement import Verdict

SUBJECT_LENGTH = 64
WORDS: Mapping[Verdict, str] = {
    Verdict.OVERPAID: "{payment} paid more than was due: credit it, or refund it at {gateway}.",
    Verdict.DOUBLE_PAYMENT: "{payment} paid what was paid already: refund it at {gateway}.",
    Verdict.OTHER_PAYMENT: "{payment} was told of two payment links: look at it at {gateway}.",
    Verdict.WRONG_AMOUNT: "{payment} is over another amount than was asked for, and was not"
    " credited: look at it at {gateway}.",
    Verdict.UNKNOWN_REFERENCE: "{payment} has a reference of no payment link here: look at it at"
    " {gateway}.",
    Verdict.CHARGED_BACK: "{payment} was charged back: answer the card's company at {gateway}.",
}


def raise_for(connection: Connection, event: GatewayEvent, verdict: Verdict) -> None:
    """Raise the alert that a verdict calls for, if any; once for one payment."""
    if verdict in WORDS:
        words = WORDS[verdict].format(payment=_name(event), gateway=event.gateway)
        kind = Kind.CHARGEBACK if verdict is Verdict.CHARGED_BACK else Kind.PAYMENT
        alerts.alert(connection, kind, _subject(event.gateway, _name(event)), words)


def raise_words(connection: Connection, event: GatewayEvent, words: str) -> None:
    """Raise an alert about a payment in words of one's own."""
    alerts.alert(connection, Kind.PAYMENT, _subject(event.gateway, _name(event)), words)


def settle(connection: Connection, kind: Kind, gateway: str, payment: str, reason: str) -> None:
    """End the alert about a payment, since the gateway tells that it is in order."""
    alerts.settle(connection, kind, _subject(gateway, payment), "gateway", reason)


def _name(event: GatewayEvent) -> str:
    return event.payment or event.session or event.id


def _subject(gateway: str, payment: str) -> str:
    return f"{gateway} {payment}"[:SUBJECT_LENGTH]

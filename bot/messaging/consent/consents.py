"""A step of consent in the transaction that takes it: where the person stands, what it takes back,
and what goes into the ledger."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from bot.billing import links
from bot.compliance import purposes, standing
from bot.compliance.ledger import Entry, Method
from bot.compliance.standing import Changed, Pair
from bot.dialogue.consent import Step
from bot.dialogue.effects import Consent, RecordConsent
from bot.messaging.consent import pushes
from bot.messaging.sending import landing, recall
from bot.runtime import Runtime
from bot.settings import Settings

STOPPED_ALL = "the recipient stopped all messages"
STOPPED_PURPOSE = "the recipient stopped messages for this purpose"
_STEPS = {
    Consent.ASKED: Step.ASK,
    Consent.GRANTED: Step.GRANT,
    Consent.REFUSED: Step.REFUSE,
    Consent.UNKNOWN: Step.EXPIRE,
}


def take(
    connection: Connection,
    settings: Settings,
    pair: Pair,
    effect: RecordConsent,
    started: bool = False,
    method: Method = Method.SMS,
) -> list[Changed]:
    """Take one step; `started` says that it is the person's own START."""
    if effect.consent is Consent.STOPPED:
        return [stop(connection, settings, pair, effect.purpose, method)]
    if started and effect.purpose is None:
        return standing.start(connection, pair)
    keys = () if effect.purpose is None else (effect.purpose,)
    return standing.take(connection, pair, _STEPS[effect.consent], keys)


def stop(
    connection: Connection, settings: Settings, pair: Pair, purpose: str | None, method: Method
) -> Changed:
    """Stop every purpose or one as far as it reaches, and take back what has not left."""
    reached = standing.stop(connection, settings, pair, method, purpose)
    why = STOPPED_ALL if purpose is None else STOPPED_PURPOSE
    if purpose is None:
        links.revoke_of_stopped(connection, [*reached, pair.conversation_id])
    recall.cancel(connection, reached, why, purpose)
    if method is not Method.CARRIER:
        landing.let_land(connection, reached)
    # Only now: the marks of what landed would wait for rows that this transaction has changed.
    recall.outdate(connection, reached, why, purpose)
    return Changed(Consent.STOPPED, purpose)


def kept(taken: Iterable[Changed]) -> dict[str, Any]:
    """What the conversation's own row keeps: the main purpose's state, or a stop of all."""
    changes: dict[str, Any] = {}
    for change in taken:
        stopped = change.consent is Consent.STOPPED
        if change.purpose is None and stopped:
            changes |= {"consent": Consent.STOPPED, "helped_since_stop": False, "held_since": None}
        elif change.purpose == purposes.MAIN:
            # Stopped here means silence, and silent is only who stopped everything.
            changes["consent"] = Consent.REFUSED if stopped else change.consent
            if change.consent is Consent.GRANTED:
                changes["held_since"] = None
    return changes


def entries(taken: Iterable[Changed], entry: Entry, settings: Settings) -> list[Entry]:
    """The ledger's entries for what was taken, each like `entry` in all that they share."""
    return [
        replace(
            entry,
            consent=change.consent,
            purpose=change.purpose,
            purpose_version=change.version,
            scope=settings.HENJI_OPTOUT_SCOPE if change.consent is Consent.STOPPED else None,
        )
        for change in taken
    ]


def tell_provider(
    connection: Connection, runtime: Runtime, pair: Pair, taken: Iterable[Changed]
) -> None:
    """Queue what the provider's own list must learn: a stop of everything, or a start."""
    for change in taken:
        if change.consent is Consent.STOPPED and change.purpose is None:
            pushes.queue(connection, runtime, pair, "opt-out")
        elif change.started:
            pushes.queue(connection, runtime, pair, "opt-in")

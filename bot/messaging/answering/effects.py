"""Do what a flow wants done, in the transaction of its answer; some give values for the words."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.billing import accounts, events, promises, verification
from bot.billing.events import Kind
from bot.billing.promises import Promised
from bot.compliance import countries, holds
from bot.dialogue.decision import Decision
from bot.dialogue.effects import (
    ChooseLanguage,
    CreatePaymentLink,
    Effect,
    HandOver,
    Hold,
    HoldBack,
    OrderAtStore,
    PromiseToPay,
    RecordConsent,
    Release,
    VerificationFailed,
    VerificationPassed,
)
from bot.dialogue.holds import HoldKind
from bot.messaging.answering import conversation, payment_link
from bot.messaging.answering.work import Work


def carry_out(effect: Effect, decision: Decision, work: Work) -> Mapping[str, Any]:
    """Do one thing that was decided, and return values for its scripts."""
    match effect:
        case VerificationPassed():
            events.record_event(work.connection, Kind.VERIFIED, work.row.id)
            verification.passed(work.connection, work.row.contact_id)
        case VerificationFailed():
            events.record_event(work.connection, Kind.WRONG_ANSWER, work.row.id)
            left = conversation.tries_left(work.row)
            verification.failed(work.connection, work.row.contact_id, left)
        case CreatePaymentLink():
            return payment_link.make(effect, decision.language, decision.replies, work)
        case OrderAtStore(account_id):
            payment_link.wish_order(account_id, decision.language, work)
        case PromiseToPay():
            _keep_promise(effect, work)
        case HoldBack(kind, days):
            _hold_back(kind, days, work)
        case RecordConsent() | ChooseLanguage() | HandOver() | Hold() | Release():
            pass  # part of the conversation's new row
    return {}


def _hold_back(kind: HoldKind, days: int | None, work: Work) -> None:
    """Hold unsolicited messages back, with the words that called for it as evidence."""
    trace, row = work.text.reading.trace, work.row
    words = trace.get("words") or trace.get("rule", "")
    until = row.now + timedelta(days=days) if days is not None else None
    holds.place(work.connection, row.contact_id, kind, words, work.inbound.id, until=until)


def _keep_promise(effect: PromiseToPay, work: Work) -> None:
    """Hold unsolicited messages back until a promised day is over where the person is, and write
    down what was promised."""
    row, connection, inbound_id = work.row, work.connection, work.inbound.id
    until = countries.of_number(row.number, countries.shipped()).end_of(effect.day)
    rule = f"promised for {effect.day.isoformat()}"
    holds.place(connection, row.contact_id, HoldKind.PROMISE, rule, inbound_id, until=until)
    owed = accounts.of_number(connection, work.runtime.vault, row.number)
    proved = conversation.proved_account(row)
    promised = Promised(row.id, inbound_id, effect.day, until, effect.amount, proved)
    promises.make(connection, owed, promised)

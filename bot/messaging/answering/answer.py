"""Answer texts of locked conversations: choose each, decide, and carry the decisions out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from bot.billing import accounts, lookups
from bot.billing.lookups import Standing
from bot.dialogue.decide import decide, needs, tells_accounts
from bot.dialogue.decision import Decision, Heard
from bot.dialogue.situation import Situation
from bot.dialogue.turn import Account, Facts
from bot.dialogue.vocabulary import Intent
from bot.messaging.answering import conversation, late, waiting
from bot.messaging.answering.carry_out import carry_out
from bot.messaging.answering.conversation import Locked
from bot.messaging.answering.read import Text, read
from bot.messaging.answering.work import Work
from bot.messaging.sending.landing import StillLeaving
from bot.payments.gateways import OrdersAtStores
from bot.runtime import Runtime
from bot.store.session import AWAY

WAITING = (Standing.STALE, Standing.ASKED)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Known:
    """The accounts known by number, and the numbers whose source could not be asked."""

    accounts: Mapping[str, Sequence[Account]]
    away: frozenset[str] = frozenset()


class FlowFailed(Exception):
    """A bug while answering; carries which inbound message it was."""

    def __init__(self, inbound_id: int) -> None:
        super().__init__(inbound_id)
        self.inbound_id = inbound_id


@dataclass(frozen=True)
class Step:
    """One text of a conversation was answered, or none waited; `more` says that others wait."""

    conversation_id: int | None = None
    replies: int = 0
    more: bool = False


def answer_one(
    connection: Connection, runtime: Runtime, row: Locked, texts: Iterable[Text] = ()
) -> Step:
    """Answer the text of a locked conversation whose turn it is; raises FlowFailed for a bug."""
    works, more = _works(connection, runtime, [row], texts)
    works, away = _without_waiting(connection, runtime, works)
    if not works:
        return Step(row.id)
    (work,) = works
    try:
        known = Known(_accounts(connection, runtime, works), away)
        (replies,) = carry_out(runtime, [(_decision(work, known), work)])
    except (*AWAY, StillLeaving):
        raise
    except Exception as error:
        raise FlowFailed(work.inbound.id) from error
    if more and work.inbound.intent == Intent.STOP:
        waiting.overtake(connection, work.inbound)
    return Step(row.id, replies, bool(more))


def answer_together(
    connection: Connection, runtime: Runtime, rows: Sequence[Locked], texts: Iterable[Text]
) -> dict[int, Step]:
    """Answer the next text of each of these locked conversations; the steps by conversation.

    A text whose flow fails, or that ends messages and so waits for what is in flight, still waits
    for an answer after this: `more` says so.
    """
    found, more = _works(connection, runtime, rows, texts)
    works, away = _without_waiting(connection, runtime, found)
    known = Known(_accounts(connection, runtime, works), away)
    decided = [(decision, work) for work in works if (decision := _easy_decision(work, known))]
    replies = carry_out(runtime, decided)
    answered = {work.row.id: count for (_, work), count in zip(decided, replies, strict=True)}
    left = more | {work.row.id for work in works} - answered.keys()
    left -= {work.row.id for work in found} - {work.row.id for work in works}
    return {row.id: Step(row.id, answered.get(row.id, 0), row.id in left) for row in rows}


def _works(
    connection: Connection, runtime: Runtime, rows: Sequence[Locked], texts: Iterable[Text]
) -> tuple[list[Work], set[int]]:
    """The next text of each conversation, and the conversations where another follows it."""
    read_already = {(text.heard.provider, text.heard.sid): text for text in texts}
    turns = waiting.next_of(connection, [row.id for row in rows])
    works = []
    for row in rows:
        for inbound in turns.get(row.id, ())[:1]:
            known = read_already.get((inbound.provider, inbound.provider_sid))
            text = known or read(_heard(inbound), runtime.vocabulary)
            works.append(Work(connection, runtime, row, inbound, text))
    return works, {conversation_id for conversation_id, two in turns.items() if len(two) > 1}


def _heard(inbound: Row[Any]) -> Heard:
    return Heard(
        inbound.provider,
        inbound.provider_sid,
        inbound.sender,
        inbound.recipient,
        inbound.body,
        Intent(inbound.carrier_intent) if inbound.carrier_intent else None,
        inbound.written_at,
    )


def _without_waiting(
    connection: Connection, runtime: Runtime, works: list[Work]
) -> tuple[list[Work], frozenset[str]]:
    """Those that need not wait for the balance source, and the numbers of which it cannot tell.

    The others stay as they are: the look-up answers them when it ends, and the sweep if it dies.
    """
    if runtime.balances.max_age is None:
        return works, frozenset()
    asking = {work.row.number for work in works if tells_accounts(_situation(work))}
    if not asking:
        return works, frozenset()
    stands = lookups.standing(connection, asking, runtime.balances.max_age)
    if stale := [number for number, each in stands.items() if each is Standing.STALE]:
        lookups.ask(connection, stale)
    waiting = {number for number, each in stands.items() if each in WAITING}
    ready = [work for work in works if work.row.number not in waiting]
    return ready, frozenset(number for number, each in stands.items() if each is Standing.AWAY)


def _accounts(
    connection: Connection, runtime: Runtime, works: Sequence[Work]
) -> Mapping[str, Sequence[Account]]:
    """The accounts of those whose flows, or digits, call for them."""
    numbers = [work.row.number for work in works if "account" in needs(_situation(work))]
    return accounts.of_numbers(connection, runtime.vault, numbers) if numbers else {}


def _situation(work: Work) -> Situation:
    text = work.text
    view = conversation.view_of(work.row)
    return Situation(
        view,
        text.heard,
        text.reading,
        work.runtime.flows,
        narrow=text.narrow,
        late=late.lateness(work),
        at=work.inbound.written_at or work.inbound.created_at,
        automatic=work.runtime.vocabulary.is_automatic(text.reading.form),
        most_texts=work.runtime.settings.HENJI_TEXTS_PER_MINUTE,
    )


def _facts(work: Work, known: Known) -> Facts:
    number = work.row.number
    accounts_of_number = known.accounts.get(number, ())
    away = number in known.away
    settings = work.runtime.settings
    facts = conversation.facts_of(work.row, accounts_of_number, away, settings)
    orders = any(isinstance(one, OrdersAtStores) for one in work.runtime.gateways.values())
    return replace(facts, store_orders=orders, opens_at=settings.opens_at(work.row.now))


def _decision(work: Work, known: Known) -> Decision:
    situation = replace(_situation(work), facts=_facts(work, known))
    try:
        return decide(situation)
    except Exception:
        if not work.text.stops:
            raise
        # A flow that cannot even say goodbye must not keep a person from leaving.
        log.exception("flow.failed", inbound=work.inbound.id)
        return decide(replace(situation, view=replace(situation.view, flow=None)))


def _easy_decision(work: Work, known: Known) -> Decision | None:
    """The decision on one of many texts; None where it is better answered alone."""
    try:
        decision = _decision(work, known)
    except Exception:  # answered alone it fails again, and is counted and logged
        return None
    return None if decision.ends_messages else decision

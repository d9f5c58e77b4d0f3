"""Consent that comes through another door than a text: the web, staff, paper, a file, the API.

Every order takes the same steps and writes the same ledger as a text does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sqlalchemy import Connection, update

from bot.compliance import ledger, opt_out_links, opt_outs, standing
from bot.compliance.ledger import Entry, Method
from bot.compliance.standing import Changed, Pair
from bot.dialogue.consent import Step
from bot.dialogue.effects import Consent
from bot.messaging import outbox
from bot.messaging.answering import conversation
from bot.messaging.answering.conversation import Locked
from bot.messaging.consent import asking, consents
from bot.runtime import Runtime
from bot.store.session import transact
from bot.store.tables import conversations
from bot.text.language import Language


class Basis(StrEnum):
    """On what ground a company holds consent that it did not get through Henji."""

    WEB_TERMS = "web_terms"
    IVR = "ivr"
    VERBAL = "verbal"
    SMS_KEYWORD = "sms_keyword"
    PAPER = "paper"
    STORE = "store"
    EVENT = "event"
    APP = "app"
    BUSINESS_RELATION = "business_relation"
    BUSINESS_CARD = "business_card"
    PUBLISHED = "published"


@dataclass(frozen=True)
class Order:
    """How consent came: by which method, whose act, under which rule, and with what proof.

    `actor` is person, or staff:<name>. `purposes` are keys of documents; a stop without any is of
    every purpose. `basis` is required of an import. `evidence` is sealed in the ledger: text, name,
    ip, url, form_version, file_sha256 (of a scan or recording), kind (checkbox, deemed, verbal).
    """

    method: Method
    actor: str
    rule: str
    purposes: tuple[str, ...] = ()
    basis: Basis | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)


def stop(runtime: Runtime, sender: str, number: str, order: Order) -> None:
    """Stop messages to a number, known or not, from our sender on (both E.164)."""

    def work(connection: Connection) -> None:
        row = _reach(connection, sender, number)
        _stop(connection, runtime, row, order, order.purposes or (None,))

    transact(runtime.engine, work)


def stop_by_link(runtime: Runtime, token: str, order: Order) -> bool:
    """Stop the conversation of an opt-out link; False where the token is wrong or has ended.

    What is stopped already is not recorded again: a button may be tapped twice.
    """

    def work(connection: Connection) -> bool:
        row = _of_token(connection, token)
        if row is None:
            return False
        stopped = _stopped(connection, row)
        if new := [one for one in order.purposes or (None,) if not stopped & {one, None}]:
            _stop(connection, runtime, row, order, new)
        return True

    return transact(runtime.engine, work)


def start_by_link(runtime: Runtime, token: str, order: Order) -> bool:
    """The holder of a link starts what was stopped; False where it is wrong or has ended.

    Without a purpose it is as the word START; single purposes start only where nothing else is
    stopped along with them.
    """

    def work(connection: Connection) -> bool:
        row = _of_token(connection, token)
        if row is None:
            return False
        keys = _startable(_stopped(connection, row), order)
        taken = [one for key in keys for one in standing.start(connection, _pair(row), key)]
        _write_down(connection, runtime, row, order, taken)
        return True

    return transact(runtime.engine, work)


def join(runtime: Runtime, sender: str, number: str, order: Order, language: Language) -> Consent:
    """A form was filled in for a number: ask its owner by SMS, whose yes alone counts.

    Returns where the number stands then: ASKED, GRANTED where it had agreed before, or STOPPED,
    which only the word START lifts. Nothing is sent but for ASKED, and nothing at all happens,
    which is UNKNOWN, where the number may not be asked now; see `asking`.
    """

    def work(connection: Connection) -> Consent:
        row = _reach(connection, sender, number)
        if not asking.may_be_asked(connection, row):
            return Consent.UNKNOWN
        taken = standing.take(connection, _pair(row), Step.ASK, order.purposes)
        asked = [one for one in taken if one.consent is Consent.ASKED]
        shown = asking.ask(connection, runtime, row, language) if asked else ""
        evidence = {**order.evidence, "shown": shown}
        _write_down(connection, runtime, row, replace(order, evidence=evidence), asked)
        return asked[0].consent if asked else taken[0].consent

    state = transact(runtime.engine, work)
    outbox.wake(runtime)
    return state


def record(
    runtime: Runtime, sender: str, number: str, order: Order, step: Step = Step.GRANT
) -> list[Changed]:
    """Consent that was given or refused elsewhere: spoken, on paper, in a store, in a file.

    An import without a basis grants nothing: it leaves the number unknown and not sendable. A stop
    is not lifted by anything recorded here.
    """
    if order.method is Method.IMPORT and order.basis is None:
        return []

    def work(connection: Connection) -> list[Changed]:
        row = _reach(connection, sender, number)
        taken = standing.take(connection, _pair(row), step, order.purposes)
        unstopped = [one for one in taken if one.consent is not Consent.STOPPED]
        _write_down(connection, runtime, row, order, unstopped)
        return taken

    return transact(runtime.engine, work)


def _stop(
    connection: Connection,
    runtime: Runtime,
    row: Locked,
    order: Order,
    which: Iterable[str | None],
) -> None:
    taken = [
        consents.stop(connection, runtime.settings, _pair(row), purpose, order.method)
        for purpose in which
    ]
    _write_down(connection, runtime, row, order, taken)


def _stopped(connection: Connection, row: Locked) -> frozenset[str | None]:
    """The purposes that are stopped in a conversation; None among them stands for all of them."""
    found = opt_outs.purposes_stopped(connection, row.contact_id, row.sender_id)
    return found | {None} if row.consent == Consent.STOPPED else found


def _startable(stopped: frozenset[str | None], order: Order) -> list[str | None]:
    """What an order can start, of which None is everything: nothing that is not stopped."""
    if not order.purposes:
        return [None] if stopped else []
    return [] if None in stopped else [one for one in order.purposes if one in stopped]


def _write_down(
    connection: Connection, runtime: Runtime, row: Locked, order: Order, taken: list[Changed]
) -> None:
    """The conversation's own row, then the ledger, whose chain is locked from here on."""
    consents.tell_provider(connection, runtime, _pair(row), taken)
    if changes := consents.kept(taken):
        connection.execute(
            update(conversations).where(conversations.c.id == row.id).values(**changes)
        )
    entry = Entry(
        contact_id=row.contact_id,
        conversation_id=row.id,
        consent=Consent.UNKNOWN,
        method=order.method,
        rule=order.rule,
        actor=order.actor,
        policy_version=runtime.settings.HENJI_POLICY_VERSION or None,
        basis=order.basis,
        evidence={**order.evidence, "number": row.number},
    )
    entries = consents.entries(taken, entry, runtime.settings)
    ledger.append(connection, runtime.vault, entries)


def _reach(connection: Connection, sender: str, number: str) -> Locked:
    """The conversation of a sender and a number, made where there is none, and locked."""
    known = conversation.find(connection, sender, number)
    if known is not None:
        return known
    ours = conversation.sender_id(connection, sender)
    if ours is None:
        raise ValueError("the sender is none of our numbers")
    return conversation.make(connection, ours, number)


def _of_token(connection: Connection, token: str) -> Locked | None:
    found = opt_out_links.conversation_of(connection, token)
    return None if found is None else conversation.lock(connection, found)


def _pair(row: Locked) -> Pair:
    return Pair(row.id, row.contact_id, row.sender_id)

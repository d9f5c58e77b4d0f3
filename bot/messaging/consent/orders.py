"""Consent that comes through another door than a text: the web, staff, paper, a file, the API.

Every order takes the same steps and writes the same ledger as a text does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy import Connection, update

from bot.compliance import countries, ledger, opt_out_links, opt_outs, standing, withdrawals
from bot.compliance.basis import Basis
from bot.compliance.ledger import Entry, Method
from bot.compliance.standing import Changed, Pair
from bot.dialogue.consent import Step
from bot.dialogue.effects import Consent
from bot.messaging import doorbell
from bot.messaging.answering import conversation
from bot.messaging.answering.conversation import Locked
from bot.messaging.consent import asking, consents
from bot.messaging.sending import landing
from bot.runtime import Runtime
from bot.settings import Settings
from bot.store.session import transact
from bot.store.tables import conversations
from bot.text.language import Language


@dataclass(frozen=True)
class Order:
    """How consent came: by which method, whose act, under which rule, and with what proof.

    `actor` is person, staff:<name> or api:<name of the key>. `purposes` are keys of documents; a
    stop without any is of every purpose. `basis` is required of an import. `obtained_on` is the day
    of a consent that was given before it is recorded. `evidence` is sealed in the ledger: text,
    name, ip, url, form_version, note, file_sha256 (of a scan or recording), kind (EvidenceKind).
    """

    method: Method
    actor: str
    rule: str
    purposes: tuple[str, ...] = ()
    basis: Basis | None = None
    obtained_on: date | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)


def stop(runtime: Runtime, sender: str, number: str, order: Order) -> None:
    """Stop messages to a number, known or not, from our sender on (both E.164)."""
    landing.transact(runtime.engine, lambda it: stop_from(it, runtime, [sender], number, order))


def stop_from(
    connection: Connection, runtime: Runtime, senders: Iterable[str], number: str, order: Order
) -> None:
    """The same in a transaction, from each of several senders of ours on."""
    rows = [reach(connection, sender, number) for sender in senders]
    which = order.purposes or (None,)
    entries = [one for row in rows for one in _stop(connection, runtime, row, order, which)]
    ledger.append(connection, runtime.vault, entries)


def stop_by_link(runtime: Runtime, token: str, order: Order) -> bool:
    """Stop the conversation of an opt-out link; False where the token is wrong or has ended.

    What is stopped already is not recorded again: a button may be tapped twice.
    """

    def work(connection: Connection) -> bool:
        row = _of_token(connection, token)
        if row is None:
            return False
        stopped = _stopped(connection, row)
        new = [one for one in order.purposes or (None,) if not stopped & {one, None}]
        if new:
            ledger.append(connection, runtime.vault, _stop(connection, runtime, row, order, new))
        return True

    return landing.transact(runtime.engine, work)


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
        row = reach(connection, sender, number)
        if not asking.may_be_asked(connection, row):
            return Consent.UNKNOWN
        if asking.is_second_tap(connection, row, order.purposes):
            return Consent.ASKED
        taken = standing.take(connection, _pair(row), Step.ASK, order.purposes)
        asked = [one for one in taken if one.consent is Consent.ASKED]
        shown = asking.ask(connection, runtime, row, language) if asked else ""
        evidence = {**order.evidence, "shown": shown}
        _write_down(connection, runtime, row, replace(order, evidence=evidence), asked)
        return asked[0].consent if asked else taken[0].consent

    state = transact(runtime.engine, work)
    doorbell.ring(runtime)
    return state


def record(
    runtime: Runtime, sender: str, number: str, order: Order, step: Step = Step.GRANT
) -> list[Changed]:
    """Consent that was given or refused elsewhere: spoken, on paper, in a store, in a file.

    An import without a basis grants nothing: it leaves the number unknown and not sendable. A stop
    is not lifted by anything recorded here, and an earlier yes does not win over a later no.
    """
    if order.method is Method.IMPORT and order.basis is None:
        return []

    def work(connection: Connection) -> list[Changed]:
        row = reach(connection, sender, number)
        taken, entries = enter(connection, runtime.settings, row, order, step)
        ledger.append(connection, runtime.vault, entries)
        return taken

    return transact(runtime.engine, work)


def enter(
    connection: Connection, settings: Settings, row: Locked, order: Order, step: Step
) -> tuple[list[Changed], list[Entry]]:
    """Record what was given or refused elsewhere for a locked conversation.

    Returns where its purposes stand then, where a later no wins those only that are stopped, and
    the entries that the ledger is to get, last in the transaction.
    """
    if step is Step.GRANT and was_withdrawn(connection, row, order):
        stopped = standing.stopped(connection, _pair(row)).intersection(order.purposes)
        return [Changed(Consent.STOPPED, key) for key in sorted(stopped)], []
    taken = standing.take(connection, _pair(row), step, order.purposes)
    unstopped = [one for one in taken if one.consent is not Consent.STOPPED]
    _keep(connection, row, unstopped)
    return taken, _entries(settings, row, order, unstopped)


def was_withdrawn(connection: Connection, row: Locked, order: Order) -> bool:
    """Whether the person refused or stopped after the day of a consent; of an import without a
    day, whenever."""
    if order.obtained_on is None:
        imported = order.method is Method.IMPORT
        return imported and withdrawals.any_since(connection, row.contact_id, order.purposes)
    country = countries.of_number(str(row.number), countries.shipped())
    begin = country.end_of(order.obtained_on - timedelta(days=1))
    return withdrawals.any_since(connection, row.contact_id, order.purposes, begin)


def _stop(
    connection: Connection,
    runtime: Runtime,
    row: Locked,
    order: Order,
    which: Iterable[str | None],
) -> list[Entry]:
    taken = [
        consents.stop(connection, runtime.settings, _pair(row), purpose, order.method)
        for purpose in which
    ]
    return _settle(connection, runtime, row, order, taken)


def _stopped(connection: Connection, row: Locked) -> frozenset[str | None]:
    """The purposes that are stopped in a conversation; None among them stands for all of them."""
    found = opt_outs.purposes_stopped(connection, row.contact_id, row.sender_id)
    return found | {None} if row.consent == Consent.STOPPED else found


def _startable(stopped: frozenset[str | None], order: Order) -> list[str | None]:
    """What an order can start, of which None is everything: nothing that is not stopped."""
    if not order.purposes:
        return [None] if stopped else []
    return [] if None in stopped else [one for one in order.purposes if one in stopped]


def _settle(
    connection: Connection, runtime: Runtime, row: Locked, order: Order, taken: list[Changed]
) -> list[Entry]:
    """Tell the provider and keep the conversation's own row; returns what the ledger is to get."""
    consents.tell_provider(connection, runtime, _pair(row), taken)
    _keep(connection, row, taken)
    return _entries(runtime.settings, row, order, taken)


def _write_down(
    connection: Connection, runtime: Runtime, row: Locked, order: Order, taken: list[Changed]
) -> None:
    """Last in a transaction: the chain of the ledger is locked from here on."""
    ledger.append(connection, runtime.vault, _settle(connection, runtime, row, order, taken))


def _keep(connection: Connection, row: Locked, taken: list[Changed]) -> None:
    if changes := consents.kept(taken):
        connection.execute(
            update(conversations).where(conversations.c.id == row.id).values(**changes)
        )


def _entries(settings: Settings, row: Locked, order: Order, taken: list[Changed]) -> list[Entry]:
    obtained_on = order.obtained_on.isoformat() if order.obtained_on else ""
    entry = Entry(
        contact_id=row.contact_id,
        conversation_id=row.id,
        consent=Consent.UNKNOWN,
        method=order.method,
        rule=order.rule,
        actor=order.actor,
        policy_version=settings.HENJI_POLICY_VERSION or None,
        basis=order.basis,
        evidence={**order.evidence, "obtained_on": obtained_on, "number": row.number},
    )
    return consents.entries(taken, entry, settings)


def reach(connection: Connection, sender: str, number: str) -> Locked:
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

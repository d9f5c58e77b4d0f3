"""What a request does to the accounts: the same as a customer file does, checks and all."""

from collections.abc import Iterable
from http import HTTPStatus

from api import bodies
from api.account_bodies import (
    AccountBody,
    AccountsBody,
    AccountsTaken,
    ConsentTaken,
    RemovalBody,
    Removed,
    Unusable,
)
from api.acts import Call
from api.refusal import FieldProblem, Refusal
from bot.billing import customer_rows
from bot.billing.cells import CellRefused
from bot.billing.customer_rows import Customer
from bot.compliance.basis import NOTHING_STATED, Stated
from bot.messaging import debts
from bot.messaging.consent import imports
from bot.messaging.consent.imports import Source, Tally
from bot.senders import registry

UNKNOWN = "there is no such customer number"


def put(call: Call) -> AccountsTaken:
    """Add and change accounts; those that cannot be taken are named, and the others are kept."""
    body: AccountsBody = call.body
    read = [_read(account, line) for line, account in enumerate(body.accounts, start=1)]
    done = debts.take(call.connection, call.runtime.vault, list(customer_rows.united(read)))
    refused = [Unusable(line=one.line, detail=one.reason) for one in done.refused]
    if done.nothing_good:
        raise _nothing_good("accounts", refused)
    return AccountsTaken(
        added=done.added,
        changed=done.changed,
        unchanged=done.unchanged,
        paid=done.paid,
        refused=refused,
        consent=_consent(call, body, done.customers),
    )


def remove(call: Call) -> Removed:
    """Hide accounts of which nothing is owed any more."""
    body: RemovalBody = call.body
    done = debts.remove(call.connection, call.runtime.vault, body.customer_numbers)
    told = enumerate(body.customer_numbers, start=1)
    refused = [Unusable(line=line, detail=UNKNOWN) for line, one in told if one in done.unknown]
    if not done.removed + done.gone:
        raise _nothing_good("customer_numbers", refused)
    return Removed(removed=done.removed, gone=done.gone, refused=refused)


def _read(account: AccountBody, line: int) -> Customer | customer_rows.Refusal:
    row, invoices = account.row(), [one.row() for one in account.invoices]
    try:
        if invoices:
            return customer_rows.read_with(invoices, row, line)
        return customer_rows.read(row, line)
    except CellRefused as refused:
        return customer_rows.Refusal(line, str(refused))


def _consent(call: Call, body: AccountsBody, taken: Iterable[Customer]) -> ConsentTaken:
    """Record the consent that is held for those that were taken."""
    stated = [(one.number, one.stated) for one in taken if one.stated != NOTHING_STATED]
    tally = _record(call, body, stated) if stated else Tally()
    return ConsentTaken(
        recorded=tally.recorded,
        known=tally.known,
        withdrawn=tally.withdrawn,
        stopped=len(tally.stopped),
        without_basis=tally.unfounded,
    )


def _record(call: Call, body: AccountsBody, stated: list[tuple[str, Stated]]) -> Tally:
    settings, vault = call.runtime.settings, call.runtime.vault
    ours = registry.choose(call.connection, settings, body.sender)
    source = Source(ours, call.actor, bodies.sealed(body.evidence))
    return imports.keep_in(call.connection, vault, settings, source, stated)


def _nothing_good(where: str, refused: list[Unusable]) -> Refusal:
    """Not one of them can be used: nothing was changed."""
    problems = [FieldProblem(field=f"{where}.{one.line - 1}", detail=one.detail) for one in refused]
    words = f"{problems[0].field}: {problems[0].detail}"
    return Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, words, problems)

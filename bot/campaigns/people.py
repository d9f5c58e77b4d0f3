"""Whom a campaign is for: chosen by customer numbers, or by what is due, while it is a draft."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, literal, select

from bot import audit
from bot.audit import Act, Event
from bot.campaigns.campaign import CampaignState, find_and_lock
from bot.errors import CampaignRefused
from bot.store.crypto import Vault
from bot.store.session import insert
from bot.store.tables import accounts, campaign_recipients

BATCH = 500


@dataclass(frozen=True)
class Chosen:
    """How many people were added, how many were there before, and the customer numbers of none."""

    added: int
    known: int = 0
    unknown: frozenset[str] = field(default=frozenset(), repr=False)


def choose(
    connection: Connection, vault: Vault, name: str, customer_numbers: Iterable[str], actor: str
) -> Chosen:
    """Add the accounts of these customer numbers; those that are there already stay once.

    Whoever adds somebody may not approve the campaign.
    """
    campaign = _draft(connection, name)
    added, met, unknown = 0, 0, set[str]()
    remaining = iter(dict.fromkeys(customer_numbers))
    while numbers := list(islice(remaining, BATCH)):
        by_index = {index: number for number in numbers for index in vault.indexes(number)}
        found = select(accounts.c.customer_number_index).where(
            accounts.c.customer_number_index.in_(by_index), accounts.c.gone_at.is_(None)
        )
        there: Collection[str] = set(connection.execute(found).scalars())
        added += _add(connection, campaign, accounts.c.customer_number_index.in_(there))
        met += len(there)
        unknown |= {*numbers} - {by_index[index] for index in there}
    _record(connection, campaign, actor, added)
    return Chosen(added, met - added, frozenset(unknown))


def choose_due(connection: Connection, name: str, until: date, actor: str) -> Chosen:
    """Add every account on which something is due by a day, or has been before it, likewise."""
    campaign = _draft(connection, name)
    due = (accounts.c.due_minor > 0) & (accounts.c.due_date <= until)
    added = _add(connection, campaign, due & accounts.c.gone_at.is_(None))
    _record(connection, campaign, actor, added)
    return Chosen(added)


def _draft(connection: Connection, name: str) -> Row[Any]:
    campaign = find_and_lock(connection, name)
    if campaign.state != CampaignState.DRAFT:
        words = f"The campaign {name} is {campaign.state}: people are added to a draft only."
        raise CampaignRefused(words)
    return campaign


def _add(connection: Connection, campaign: Row[Any], which: ColumnElement[bool]) -> int:
    chosen = select(literal(campaign.id), accounts.c.id, literal("waiting"), literal(campaign.now))
    names = ["campaign_id", "account_id", "status", "created_at"]
    row = insert(connection, campaign_recipients).from_select(names, chosen.where(which))
    once = row.on_conflict_do_nothing(index_elements=["campaign_id", "account_id"])
    # Of an INSERT, the count is kept only where somebody asks for it.
    return connection.execute(once, execution_options={"preserve_rowcount": True}).rowcount


def _record(connection: Connection, campaign: Row[Any], actor: str, added: int) -> None:
    if added:
        act, subject = Act.CAMPAIGN_PEOPLE, f"campaign {campaign.id}"
        audit.record(connection, Event(actor, act, subject, details={"added": added}))

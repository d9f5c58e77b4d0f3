"""Fills a database with conversations; the database writes most of them itself (`rows.sql`)."""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text

from bench.console import people, phrases
from bench.console.people import Customers
from bot.overview import indexing
from bot.store.crypto import Vault
from bot.text.language import Language

HERE = Path(__file__).parent
# How the senders share the conversations, each up to here: the last two have hardly any.
SHARES = (0.3, 0.5, 0.62, 0.72, 0.8, 0.86, 0.91, 0.95, 0.97, 0.985, 0.995)
DAYS = 730
_STEP = re.compile(r"^-- step: (.+)\n", re.MULTILINE)
_WITH_IDS = (
    "contacts",
    "conversations",
    "inbound_messages",
    "outbound_messages",
    "message_terms",
    "consent_events",
    "payment_links",
    "accounts",
    "holds",
    "alerts",
)
_BIG = (*_WITH_IDS, "conversation_cards", "purpose_consents", "name_terms")
# Whatever no constraint needs can be made once all rows are there.
_INDEXES = """
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS made FROM pg_index
WHERE indrelid = ANY (CAST(:tables AS regclass[])) AND NOT EXISTS
  (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


def fill(
    engine: Engine, vault: Vault, conversations: int, messages: int, member_id: int
) -> Iterator[tuple[str, float]]:
    """Fill a migrated database that has its senders; yields each step and its seconds.

    Half of the messages are ours; a few conversations are taken over by a member of staff.
    """
    values = {
        "conversations": conversations,
        "turns": messages // 2,
        "days": DAYS,
        "shares": list(SHARES),
        "heard": phrases.HEARD,
        "said": phrases.SAID,
        "member": member_id,
        "round": indexing.ROUND,
        "tables": list(_WITH_IDS),
    }
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name, step in _everything(connection, vault, values):
            began = time.monotonic()
            step()
            yield name, time.monotonic() - began
        connection.detach()  # its settings are nobody else's


Step = tuple[str, Callable[[], object]]


def _everything(connection: Connection, vault: Vault, values: Mapping[str, Any]) -> Iterator[Step]:
    connection.exec_driver_sql("SET statement_timeout = 0")
    yield "phrases", partial(_phrases, connection)
    definitions = _drop_indexes(connection)
    yield from _steps(connection, "rows.sql", values)
    yield "customers", partial(_customers, connection, vault, values["conversations"])
    for definition in definitions:
        yield definition.split(" ON ")[0], partial(connection.exec_driver_sql, definition)
    yield from _steps(connection, "cards.sql", values)


def _steps(connection: Connection, file: str, values: Mapping[str, Any]) -> Iterator[Step]:
    """The steps of a file, each a name and statements."""
    parts = _STEP.split((HERE / file).read_text("utf-8"))[1:]
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        yield name, partial(_execute, connection, body.split(";\n"), values)


def _execute(connection: Connection, statements: Iterable[str], values: Mapping[str, Any]) -> None:
    for statement in statements:
        made = text(statement)
        connection.execute(made, {name: values[name] for name in made.compile().params})


def _drop_indexes(connection: Connection) -> list[str]:
    """Drop what can be made later; returns how."""
    found = connection.execute(text(_INDEXES), {"tables": list(_BIG)}).all()
    for index in found:
        connection.exec_driver_sql(f"DROP INDEX {index.name}")
    return [index.made for index in found]


def _phrases(connection: Connection) -> None:
    connection.exec_driver_sql(
        "CREATE UNLOGGED TABLE bench_phrases (pool text, rank int, body text, key text,"
        " revision text, terms text[], PRIMARY KEY (pool, rank))"
    )
    rows = (
        (one.pool, one.rank, one.body, one.key, one.revision, one.terms)
        for language in Language
        for one in (*phrases.heard(language), *phrases.said(language))
    )
    _copy(connection, "bench_phrases (pool, rank, body, key, revision, terms)", rows)
    connection.exec_driver_sql("ANALYZE bench_phrases")


def _customers(connection: Connection, vault: Vault, conversations: int) -> None:
    customers = Customers(vault)
    known = range(people.ONE_IN, conversations + 1, people.ONE_IN)
    _copy(connection, people.ACCOUNTS, map(customers.account, known))
    terms = (row for person in known for row in customers.terms(person))
    _copy(connection, "name_terms (term, account_id)", terms)


def _copy(connection: Connection, into: str, rows: Iterable[tuple[object, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copying:
        for row in rows:
            copying.write_row(row)

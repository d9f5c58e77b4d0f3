"""The clock's round that keeps cards and search terms: nothing of it costs the path of a message.

It reads what was added since it last looked. A row may become visible after one with a higher id,
so what was added lately is looked through once more half a minute later.
"""

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection, Row, Select, Table, func, select

from bot.overview import cards, names
from bot.overview.terms import pairs
from bot.runtime import Runtime
from bot.store.columns import utc_now
from bot.store.session import insert, transact
from bot.store.tables import (
    audit_events,
    clock_rounds,
    consent_events,
    delivery_reports,
    inbound_messages,
    message_terms,
    outbound_messages,
)
from bot.text import mask

ROUND = "index"
EVERY_S = 0.2
BATCH = 500
# No transaction of ours lasts longer; see the time-outs in `bot.store.session`.
SETTLED_S = 30.0
FLAGS_EVERY_S = 5.0

log = structlog.get_logger(__name__)

_inbound, _outbound = inbound_messages.c, outbound_messages.c
# What else tells that a conversation changed.
_SIGNS: Mapping[str, Select[Any]] = {
    "reports": select(delivery_reports.c.id, _outbound.conversation_id).join(
        outbound_messages, _outbound.id == delivery_reports.c.outbound_id
    ),
    "events": select(consent_events.c.id, consent_events.c.conversation_id),
    "audit": select(audit_events.c.id, audit_events.c.conversation_id),
}
_COLUMNS = {
    "reports": delivery_reports.c.id,
    "events": consent_events.c.id,
    "audit": audit_events.c.id,
}
_TEXTS: Mapping[str, Table] = {"in": inbound_messages, "out": outbound_messages}


@dataclass
class Indexing:
    """The round; one object for as long as a clock works: it remembers when it last looked."""

    looked_again_at: float = 0.0
    looked_at_flags: float = 0.0
    flagged_after: int = 0

    def __call__(self, runtime: Runtime, stopping: threading.Event) -> float | None:
        """Index what is new; returns in how many seconds to look again."""
        try:
            full = transact(runtime.engine, lambda connection: self._step(connection, runtime))
        except Exception:
            log.exception("index.failed")
            return None
        return 0.0 if full else EVERY_S

    def _step(self, connection: Connection, runtime: Runtime) -> bool:
        marks = _marks(connection)
        before = dict(marks)
        touched, full = _new_texts(connection, marks)
        touched |= _new_signs(connection, marks)
        if time.monotonic() - self.looked_again_at > SETTLED_S:
            self.looked_again_at = time.monotonic()
            touched |= _look_again(connection, marks)
        if time.monotonic() - self.looked_at_flags > FLAGS_EVERY_S:
            touched |= self._flags(connection)
            names.index_new(connection, runtime.vault, marks)
        cards.refresh(connection, touched)
        if marks != before:
            _keep(connection, marks)
        return full

    def _flags(self, connection: Connection) -> set[int]:
        ids = cards.flagged(connection, self.flagged_after)
        self.flagged_after = ids[-1] if len(ids) == cards.FLAGGED else 0
        if not self.flagged_after:
            self.looked_at_flags = time.monotonic()
        return set(cards.differing(connection, ids)) if ids else set()


def _marks(connection: Connection) -> dict[str, Any]:
    """How far each source was read: the highest id by its name."""
    found = select(clock_rounds.c.unfinished).where(clock_rounds.c.name == ROUND)
    return dict(connection.execute(found).scalar() or {})


def _keep(connection: Connection, marks: Mapping[str, Any]) -> None:
    row = insert(connection, clock_rounds).values(
        name=ROUND, covered_until=utc_now(), unfinished=dict(marks)
    )
    connection.execute(
        row.on_conflict_do_update(
            index_elements=["name"],
            set_={"unfinished": row.excluded.unfinished, "covered_until": utc_now()},
        )
    )


def _new_texts(connection: Connection, marks: dict[str, Any]) -> tuple[set[int], bool]:
    touched: set[int] = set()
    full = False
    for kind, table in _TEXTS.items():
        found = select(table).where(table.c.id > marks.get(kind, 0)).order_by(table.c.id)
        rows = connection.execute(found.limit(BATCH)).all()
        touched |= _index(connection, kind, rows)
        if rows:
            marks[kind] = rows[-1].id
        full = full or len(rows) == BATCH
    return touched, full


def _new_signs(connection: Connection, marks: dict[str, Any]) -> set[int]:
    """Conversations of which something else was told; what was there at first counts for read."""
    touched: set[int] = set()
    for name, source in _SIGNS.items():
        column = _COLUMNS[name]
        if name not in marks:
            marks[name] = connection.execute(select(func.max(column))).scalar() or 0
            continue
        rows = connection.execute(
            source.where(column > marks[name]).order_by(column).limit(BATCH)
        ).all()
        touched |= {row.conversation_id for row in rows if row.conversation_id}
        if rows:
            marks[name] = rows[-1].id
    return touched


def _look_again(connection: Connection, marks: dict[str, Any]) -> set[int]:
    """Texts between the mark of the last time and that of now which were not seen then."""
    touched: set[int] = set()
    for kind, table in _TEXTS.items():
        since, until = marks.get(f"{kind} settled", 0), marks.get(kind, 0)
        if since == 0:  # all of it was read in order
            marks[f"{kind} settled"] = until
            continue
        known = select(message_terms.c.message_id).where(
            message_terms.c.kind == kind, message_terms.c.message_id > since
        )
        missed = select(table).where(
            table.c.id > since, table.c.id <= until, table.c.id.not_in(known)
        )
        touched |= _index(connection, kind, connection.execute(missed).all())
        marks[f"{kind} settled"] = until
    return touched


def _index(connection: Connection, kind: str, rows: Sequence[Row[Any]]) -> set[int]:
    """Keep the terms of texts, once each; those that still wait for an answer come later."""
    terms = [
        {
            "kind": kind,
            "message_id": row.id,
            "conversation_id": row.conversation_id,
            "terms": list(_terms(kind, row)),
        }
        for row in rows
        if row.conversation_id is not None and row.status != "waiting"
    ]
    if terms:
        new = insert(connection, message_terms).on_conflict_do_nothing()
        connection.execute(new, terms)
    return {row.conversation_id for row in rows if row.conversation_id is not None}


def _terms(kind: str, row: Row[Any]) -> Iterable[str]:
    yield from pairs(mask.tokens(row.body))
    if kind == "out":
        yield f"key:{row.script_key}"
        yield f"rev:{row.revision}"

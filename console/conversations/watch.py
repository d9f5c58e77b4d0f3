"""One look per process at what changed, for everybody who has a page open in it.

A stream holds a thread of the web server for as long as it lasts, so that there are few of them;
who finds no room asks by itself every two seconds.
"""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from bot.staff.departments import Scope
from bot.store.tables import conversation_cards

MOST_STREAMS = 8
LOOK_S = 0.2
# Rows of one moment may become visible a little after each other.
OVERLAP = timedelta(seconds=2)
MOST_NAMED = 200
_card = conversation_cards.c

_LATEST = select(func.max(_card.touched_at))
# Where there is no conversation yet, the first one is a change.
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

log = structlog.get_logger(__name__)
Ids = list[int]


def changed(connection: Connection, scope: Scope, since: datetime | None) -> tuple[datetime, Ids]:
    """The conversations whose card was written after a moment, and the moment of the last one."""
    latest = latest_change(connection)
    if since is None or latest <= since:
        return latest, []
    found = select(_card.conversation_id).where(
        _card.touched_at > since, scope.covers(_card.sender_id)
    )
    return latest, list(connection.execute(found.limit(MOST_NAMED)).scalars())


def latest_change(connection: Connection) -> datetime:
    """The moment of the last change; a page that is read after it holds all until then."""
    found: datetime | None = connection.execute(_LATEST).scalar()
    return found or BEGINNING


class Watch:
    """Looks for changes while anybody waits for them, and tells each what they may see."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._waiting: dict[queue.SimpleQueue[Ids], Scope] = {}
        self._looks = False

    @contextmanager
    def wait(self, scope: Scope) -> Iterator["queue.SimpleQueue[Ids] | None"]:
        """A queue of what changed within a scope; None where there is no room for one more."""
        mine: queue.SimpleQueue[Ids] = queue.SimpleQueue()
        with self._lock:
            has_room = len(self._waiting) < MOST_STREAMS
            if has_room:
                self._waiting[mine] = scope
                self._start()
        try:
            yield mine if has_room else None
        finally:
            with self._lock:
                self._waiting.pop(mine, None)

    def _start(self) -> None:
        if not self._looks:
            self._looks = True
            threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        tick = threading.Event()
        since: datetime | None = None
        told: dict[tuple[int, datetime], None] = {}
        while self._goes_on():
            try:
                since = self._tell(since, told)
            except SQLAlchemyError as error:
                log.warning("watch.failed", error=type(error).__name__)
            tick.wait(LOOK_S)

    def _goes_on(self) -> bool:
        with self._lock:
            self._looks = bool(self._waiting)
            return self._looks

    def _tell(self, since: datetime | None, told: dict[tuple[int, datetime], None]) -> datetime:
        with self._engine.connect() as connection:
            latest = latest_change(connection)
            if since is None:
                return latest
            rows = self._new(connection, since - OVERLAP, told)
            with self._lock:
                waiting = dict(self._waiting)
            for mine, scope in waiting.items():
                if ids := _within(connection, scope, rows):
                    mine.put(ids)
        return max(since, latest)

    def _new(
        self, connection: Connection, since: datetime, told: dict[tuple[int, datetime], None]
    ) -> Ids:
        found = select(_card.conversation_id, _card.touched_at).where(_card.touched_at > since)
        keys = [(row.conversation_id, row.touched_at) for row in connection.execute(found)]
        new = [key for key in keys if key not in told]
        told.clear()
        told.update(dict.fromkeys(keys))
        return [conversation_id for conversation_id, _ in new]


def _within(connection: Connection, scope: Scope, ids: Ids) -> Ids:
    if scope.department_id is None or not ids:
        return ids[:MOST_NAMED]
    seen: Any = select(_card.conversation_id).where(
        _card.conversation_id.in_(ids), scope.covers(_card.sender_id)
    )
    return list(connection.execute(seen.limit(MOST_NAMED)).scalars())

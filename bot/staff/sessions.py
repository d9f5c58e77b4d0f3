"""Sessions of staff: where each member is signed in, for how long, and how one ends."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bot.store.columns import utc_now
from bot.store.tables import staff, staff_sessions

# NIST SP 800-63B, 4.2.3: at AAL2 12 hours in all; a working day has its breaks in between.
LASTS = timedelta(hours=12)
IDLE = timedelta(hours=1)
# How exactly is known when a session was last used: a write for each request would cost too much.
SEEN_WITHIN = timedelta(minutes=1)
LONGEST_BROWSER = 300

_session = staff_sessions.c


def begin(connection: Connection, member_id: int, address: str, browser: str) -> str:
    """Begin a session and return its secret."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(staff_sessions).values(
            staff_id=member_id,
            token_hash=_hash(token),
            address=address,
            browser=browser[:LONGEST_BROWSER],
            seen_at=utc_now(),
        )
    )
    signed_in = update(staff).where(staff.c.id == member_id).values(signed_in_at=utc_now())
    connection.execute(signed_in)
    return token


def use(connection: Connection, member_id: int, token: str, counts: bool) -> int | None:
    """The id of a member's session that is still open; None where it ended or is over.

    A request that a page makes by itself does not count as use: a screen that was left goes idle.
    """
    row = connection.execute(
        select(staff_sessions, utc_now().label("now")).where(
            _session.token_hash == _hash(token),
            _session.staff_id == member_id,
            _session.ended_at.is_(None),
        )
    ).one_or_none()
    if row is None or _is_over(row):
        return None
    if counts and row.now - row.seen_at > SEEN_WITHIN:
        seen = update(staff_sessions).where(_session.id == row.id).values(seen_at=utc_now())
        connection.execute(seen)
    return int(row.id)


def of_member(connection: Connection, member_id: int) -> Sequence[Row[Any]]:
    """The open sessions of a member, the last used first: id, address, browser, seen_at, …"""
    found = select(staff_sessions, utc_now().label("now")).where(
        _session.staff_id == member_id, _session.ended_at.is_(None)
    )
    rows = connection.execute(found.order_by(_session.seen_at.desc())).all()
    return [
        row for row in rows if row.now - row.created_at <= LASTS and row.now - row.seen_at <= IDLE
    ]


def end(connection: Connection, member_id: int, session_id: int) -> bool:
    """End one session of a member; False where it is not theirs or has ended."""
    ended = connection.execute(
        update(staff_sessions)
        .where(
            _session.id == session_id, _session.staff_id == member_id, _session.ended_at.is_(None)
        )
        .values(ended_at=utc_now())
    )
    return bool(ended.rowcount)


def end_all(connection: Connection, member_id: int) -> int:
    """End every session of a member, and return how many there were."""
    ended = connection.execute(
        update(staff_sessions)
        .where(_session.staff_id == member_id, _session.ended_at.is_(None))
        .values(ended_at=utc_now())
    )
    return ended.rowcount


def _is_over(row: Row[Any]) -> bool:
    return bool(row.now - row.created_at > LASTS or row.now - row.seen_at > IDLE)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()

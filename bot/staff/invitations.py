"""Invitations: a secret address, once and for three days, at which a member sets their password."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import Connection, insert, select, update

from bot.staff import members
from bot.staff.members import Member
from bot.store.columns import seconds_from_now, utc_now
from bot.store.tables import staff_invitations

VALID_FOR = timedelta(days=3)

_invitation = staff_invitations.c


def invite(connection: Connection, member_id: int) -> str:
    """The token of a new invitation; earlier ones of the same member end."""
    _end(connection, member_id)
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(staff_invitations).values(
            staff_id=member_id,
            token_hash=_hash(token),
            expires_at=seconds_from_now(VALID_FOR.total_seconds()),
        )
    )
    return token


def invited(connection: Connection, token: str) -> Member | None:
    """Who is invited by a token; None where it is wrong, used or over."""
    found = select(_invitation.staff_id).where(
        _invitation.token_hash == _hash(token),
        _invitation.used_at.is_(None),
        _invitation.expires_at > utc_now(),
    )
    member_id = connection.execute(found).scalar()
    return None if member_id is None else members.get(connection, member_id)


def use(connection: Connection, token: str) -> Member | None:
    """The same, and the token is worth nothing from now on; it is taken by one request only."""
    used = (
        update(staff_invitations)
        .where(
            _invitation.token_hash == _hash(token),
            _invitation.used_at.is_(None),
            _invitation.expires_at > utc_now(),
        )
        .values(used_at=utc_now())
        .returning(_invitation.staff_id)
    )
    member_id = connection.execute(used).scalar()
    return None if member_id is None else members.get(connection, member_id)


def path(token: str) -> str:
    """Where an invitation is taken, below PUBLIC_URL."""
    return f"/console/welcome/{token}"


def _end(connection: Connection, member_id: int) -> None:
    connection.execute(
        update(staff_invitations)
        .where(_invitation.staff_id == member_id, _invitation.used_at.is_(None))
        .values(used_at=utc_now())
    )


def _hash(token: str) -> str:
    """A token has 256 random bits, so that no slow hash is needed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()

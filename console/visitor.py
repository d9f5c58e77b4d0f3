"""Who makes the request at hand: a member of staff with their session, or nobody yet."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import g, request
from sqlalchemy import Connection

from bot import audit
from bot.audit import NOBODY, Act, Event
from bot.staff.departments import Scope
from bot.staff.members import Member

SHORTEST_REASON = 2
# What every table that keeps one has room for.
LONGEST_REASON = 150


@dataclass(frozen=True)
class Visitor:
    """A member of staff who is signed in, and in which session."""

    member: Member
    session_id: int

    @property
    def scope(self) -> Scope:
        """What they may see."""
        return Scope(self.member.department_id)


def enter(visitor: Visitor) -> None:
    """Make somebody the visitor of this request."""
    g.visitor = visitor


def present() -> Visitor | None:
    """The visitor; None before sign-in."""
    found: Visitor | None = g.get("visitor")
    return found


def current() -> Visitor:
    """The visitor of a page that only staff see."""
    visitor = present()
    assert visitor is not None, "the table of access lets nobody in here without a sign-in"
    return visitor


def address() -> str:
    """Where the request comes from."""
    return request.remote_addr or ""


def reason() -> str:
    """Why the visitor does what the form asks for; empty where that is too short to tell."""
    given = " ".join(request.form.get("reason", "").split())[:LONGEST_REASON]
    return given if len(given) >= SHORTEST_REASON else ""


def keep(
    connection: Connection,
    act: Act,
    subject: str,
    *,
    conversation_id: int | None = None,
    reason: str = "",
    details: Mapping[str, object] | None = None,
    member: Member | None = None,
) -> None:
    """Record an act of the visitor, or of a member who is just signing in."""
    who = member or (visitor.member if (visitor := present()) else None)
    audit.record(
        connection,
        Event(
            actor=who.actor if who else NOBODY,
            act=act,
            subject=subject,
            conversation_id=conversation_id,
            reason=reason,
            details=details or {},
            address=address(),
        ),
    )

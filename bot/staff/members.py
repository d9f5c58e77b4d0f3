"""Members of staff: who they are, in which role, and for which department."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, update

from bot.errors import StaffRefused
from bot.staff.roles import Role
from bot.store.session import insert
from bot.store.tables import departments, staff
from bot.store.tables.staff import LONGEST_NAME
from bot.text.language import Language

# What mail servers take is theirs to say; this much has an address in any case.
_EMAIL = re.compile(r"[^\s@\x00-\x1f]{1,64}@[^\s@\x00-\x1f]{1,189}")

_member = staff.c
_MEMBERS = select(staff, departments.c.name.label("department")).join(departments, isouter=True)


@dataclass(frozen=True)
class Member:
    """A member of staff as the others see them."""

    id: int
    name: str
    email: str
    role: Role
    department_id: int | None
    department: str | None
    language: Language
    has_password: bool
    has_second_factor: bool
    signed_in_at: datetime | None

    @property
    def actor(self) -> str:
        """The name under which their acts are kept."""
        return actor(self.name)


@dataclass(frozen=True)
class Details:
    """What is told about a member by whoever adds or changes them."""

    name: str
    email: str
    role: Role
    department_id: int | None = None
    language: Language = Language.JA


def actor(name: str) -> str:
    """The name under which the acts of a member are kept."""
    return f"staff:{name}"


def add(connection: Connection, details: Details) -> int:
    """Add a member without a password, and return their id; see `invitations.invite`.

    Raises StaffRefused for a name or an address that cannot be, or that somebody has already.
    """
    row = {**_row(details), "fs_uniquifier": new_uniquifier()}
    made = insert(connection, staff).values(row).on_conflict_do_nothing()
    found = connection.execute(made.returning(_member.id)).scalar()
    if found is None:
        raise StaffRefused("taken", "Somebody has this name or this email address already.")
    return int(found)


def change(connection: Connection, member_id: int, details: Details) -> None:
    """Change what is told about a member; StaffRefused as in `add`, and for the last administrator.

    Who loses a role or gets another one is signed out everywhere.
    """
    before = get(connection, member_id)
    row: dict[str, Any] = _row(details)
    if before is None:
        raise StaffRefused("unknown", "There is no such member of staff.")
    if before.role is not details.role:
        if before.role is Role.ADMINISTRATOR and _administrators(connection) == 1:
            raise StaffRefused(
                "last_administrator", "The last administrator stays one: make another one first."
            )
        row["fs_uniquifier"] = new_uniquifier()
    taken = select(_member.id).where(
        _member.id != member_id, (_member.name == row["name"]) | (_member.email == row["email"])
    )
    if connection.execute(taken).first():
        raise StaffRefused("taken", "Somebody has this name or this email address already.")
    connection.execute(update(staff).where(_member.id == member_id).values(row))


def get(connection: Connection, member_id: int) -> Member | None:
    """One member; None where there is none."""
    return _one(connection, _MEMBERS.where(_member.id == member_id))


def of_email(connection: Connection, email: str) -> Member | None:
    """The member with an email address; None where there is none."""
    return _one(connection, _MEMBERS.where(_member.email == email.strip().lower()))


def everyone(connection: Connection) -> Sequence[Member]:
    """Every member, those who work before those who are suspended, by name."""
    suspended = _member.role == Role.SUSPENDED
    rows = connection.execute(_MEMBERS.order_by(suspended, _member.name))
    return [_read(row) for row in rows]


def choose_language(connection: Connection, member_id: int, language: Language) -> None:
    """Have the console speak another language to a member."""
    connection.execute(update(staff).where(_member.id == member_id).values(language=language))


def new_uniquifier() -> str:
    """What ties sessions to a member; a new one ends them all."""
    return secrets.token_hex(32)


def _row(details: Details) -> dict[str, Any]:
    name = " ".join(details.name.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise StaffRefused("no_name", f"A name has 1 to {LONGEST_NAME} letters.")
    email = details.email.strip().lower()
    if not _EMAIL.fullmatch(email):
        raise StaffRefused("no_email", "This is no email address.")
    return {
        "name": name,
        "email": email,
        "role": details.role,
        "department_id": details.department_id,
        "language": details.language,
    }


def _administrators(connection: Connection) -> int:
    """How many there are, locked, so that no two of them leave at the same time."""
    found = select(_member.id).where(_member.role == Role.ADMINISTRATOR).with_for_update()
    return len(connection.execute(found).all())


def is_empty(connection: Connection) -> bool:
    """Whether there is no member of staff yet."""
    return connection.execute(select(func.count()).select_from(staff)).scalar_one() == 0


def _one(connection: Connection, found: Select[Any]) -> Member | None:
    row = connection.execute(found).one_or_none()
    return None if row is None else _read(row)


def _read(row: Row[Any]) -> Member:
    return Member(
        row.id,
        row.name,
        row.email,
        Role(row.role),
        row.department_id,
        row.department,
        Language(row.language),
        row.password is not None,
        row.tf_primary_method is not None,
        row.signed_in_at,
    )

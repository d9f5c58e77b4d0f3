"""The company of the benchmark: its senders, its departments, and the staff who look."""

from collections.abc import Mapping

from sqlalchemy import Connection, insert, select

from bench.console.fill import SHARES
from bot.staff import departments, members
from bot.staff.members import Details
from bot.staff.roles import Role
from bot.store.tables import senders

FIRST_SENDER = "+815000000001"
# By department the positions of its senders, and about which share of the conversations they have.
DEPARTMENTS: Mapping[str, range] = {"大阪": range(3, 9), "札幌": range(12, 13)}
ALL = "everything"
STAFF: Mapping[str, str | None] = {
    ALL: None,
    "a department (45 %)": "大阪",
    "a department (0.5 %)": "札幌",
}


def email(who: str) -> str:
    """The address of a member, by what they see."""
    return f"staff-{list(STAFF).index(who)}@example.com"


def employ(connection: Connection) -> int:
    """Register senders, departments and staff; returns the id of who sees everything.

    The first sender is there already: the settings name it.
    """
    for position in range(2, len(SHARES) + 2):
        connection.execute(insert(senders).values(number=f"+8150000000{position:02}"))
    ids = list(connection.execute(select(senders.c.id).order_by(senders.c.id)).scalars())
    made: dict[str | None, int] = {}
    for name, positions in DEPARTMENTS.items():
        made[name] = departments.add(connection, name)
        own = [ids[position - 1] for position in positions]
        departments.change(connection, made[name], name, own)
    return min(_add(connection, who, made.get(of)) for who, of in STAFF.items())


def _add(connection: Connection, who: str, department_id: int | None) -> int:
    return members.add(connection, Details(who, email(who), Role.OPERATOR, department_id))

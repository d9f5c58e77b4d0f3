"""Who works with the demo's console: two invented members, who choose their own passwords."""

from collections.abc import Mapping

from sqlalchemy import Connection, Engine

from bot.staff import invitations, members
from bot.staff.members import Details
from bot.staff.roles import Role
from bot.store.session import transact

ADMINISTRATOR = "admin@example.com"
OPERATOR = "operator@example.com"
_DETAILS = (
    Details("みほん 管理者", ADMINISTRATOR, Role.ADMINISTRATOR),
    Details("みほん 担当者", OPERATOR, Role.OPERATOR),
)


def invite(engine: Engine) -> Mapping[str, str]:
    """By email, the path at which each who has no password yet chooses one; it works once.

    A database that has other staff already gets nobody.
    """

    def work(connection: Connection) -> Mapping[str, str]:
        if members.is_empty(connection):
            for details in _DETAILS:
                members.add(connection, details)
        found = (members.of_email(connection, details.email) for details in _DETAILS)
        return {
            member.email: invitations.path(invitations.invite(connection, member.id))
            for member in found
            if member is not None and not member.has_password
        }

    return transact(engine, work)

"""Staff, as administrators see them: add, change, invite, sign out; and the rules of roles."""

from functools import partial

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, update

from bot.audit import Act
from bot.errors import StaffRefused
from bot.staff import departments, invitations, members, roles, sessions
from bot.staff.members import Details, Member
from bot.staff.roles import WORKING, Role, Rule
from bot.store.session import transact
from bot.store.tables import staff
from bot.text.language import Language
from console import visitor
from console.saving import save
from console.screens import Screens


def door(screens: Screens) -> Blueprint:
    """`/staff`."""
    pages = Blueprint("staff", __name__, url_prefix="/staff")
    pages.add_url_rule("", "everyone", partial(everyone, screens))
    pages.add_url_rule("/new", "new", partial(new, screens))
    pages.add_url_rule("/new", "add", partial(add, screens), methods=["POST"])
    pages.add_url_rule("/<int:member_id>", "one", partial(one, screens))
    pages.add_url_rule("/rules", "rules", partial(rules, screens))
    for rule, act in (
        ("/<int:member_id>", change),
        ("/<int:member_id>/invite", invite),
        ("/<int:member_id>/end-sessions", end_sessions),
        ("/<int:member_id>/reset-second-factor", reset_second_factor),
        ("/rules/<role>", change_rule),
    ):
        pages.add_url_rule(rule, act.__name__, partial(act, screens), methods=["POST"])
    return pages


def everyone(screens: Screens) -> ResponseReturnValue:
    """All members."""
    with screens.runtime.engine.connect() as connection:
        found = members.everyone(connection)
    return screens.show("staff/everyone", members=found)


def new(screens: Screens, problem: str | None = None, status: int = 200) -> ResponseReturnValue:
    """The form for a new member."""
    return _form(screens, None, problem, status)


def add(screens: Screens) -> ResponseReturnValue:
    """Add a member and show the address at which they set their password, once."""
    try:
        details = _details()

        def work(connection: Connection) -> tuple[int, str]:
            member_id = members.add(connection, details)
            visitor.keep(
                connection, Act.STAFF_ADD, f"staff {member_id}", details={"role": details.role}
            )
            return member_id, _invite(connection, member_id)

        member_id, token = transact(screens.runtime.engine, work)
    except StaffRefused as refused:
        return new(screens, refused.why, 422)
    return _one(screens, member_id, token=token)


def one(screens: Screens, member_id: int) -> ResponseReturnValue:
    """One member, to be changed."""
    return _one(screens, member_id)


def change(screens: Screens, member_id: int) -> ResponseReturnValue:
    """Change a member; a change of role signs them out."""

    def work(connection: Connection) -> None:
        details, before = _details(), members.get(connection, member_id)
        members.change(connection, member_id, details)
        if before is not None and before.role is not details.role:
            sessions.end_all(connection, member_id)
        told = {"role": details.role, "department": details.department_id}
        visitor.keep(connection, Act.STAFF_CHANGE, f"staff {member_id}", details=told)

    def again(screens: Screens, problem: str, status: int) -> ResponseReturnValue:
        return _one(screens, member_id, problem=problem, status=status)

    return save(screens, work, again, "staff.everyone")


def invite(screens: Screens, member_id: int) -> ResponseReturnValue:
    """A new address at which a member sets a password, shown once."""
    _get(screens, member_id)
    token = transact(screens.runtime.engine, lambda connection: _invite(connection, member_id))
    return _one(screens, member_id, token=token)


def end_sessions(screens: Screens, member_id: int) -> ResponseReturnValue:
    """Sign a member out everywhere."""
    _get(screens, member_id)

    def work(connection: Connection) -> None:
        ended = sessions.end_all(connection, member_id)
        told = {"sessions": ended}
        visitor.keep(connection, Act.SESSION_END, f"staff {member_id}", details=told)

    transact(screens.runtime.engine, work)
    flash("signed_out_everywhere")
    return redirect(url_for("staff.one", member_id=member_id), 303)


def reset_second_factor(screens: Screens, member_id: int) -> ResponseReturnValue:
    """Take the second factor away from who lost it; the next sign-in sets one up where it must."""
    _get(screens, member_id)

    def work(connection: Connection) -> None:
        none = update(staff).where(staff.c.id == member_id)
        connection.execute(
            none.values(tf_primary_method=None, tf_totp_secret=None, mf_recovery_codes=None)
        )
        sessions.end_all(connection, member_id)
        told = {"second_factor": "reset"}
        visitor.keep(connection, Act.STAFF_CHANGE, f"staff {member_id}", details=told)

    transact(screens.runtime.engine, work)
    flash("second_factor_reset")
    return redirect(url_for("staff.one", member_id=member_id), 303)


def rules(screens: Screens, problem: str | None = None, status: int = 200) -> ResponseReturnValue:
    """What each role must bring to sign in."""
    with screens.runtime.engine.connect() as connection:
        found = roles.rules(connection)
    page = screens.show("staff/rules", rules=found, problem=problem, address=visitor.address())
    return page, status


def change_rule(screens: Screens, role: str) -> ResponseReturnValue:
    """Change the rule of a role; an administrator cannot lock themselves out."""
    if role not in {each.value for each in WORKING}:
        abort(404)
    networks = tuple(request.form.get("networks", "").split())
    rule = Rule("second_factor" in request.form, networks)

    def work(connection: Connection) -> None:
        roles.set_rule(connection, Role(role), rule)
        if visitor.current().member.role == role and not rule.admits(visitor.address()):
            raise StaffRefused("own_address", "Your own address is in none of these networks.")
        told = {"second_factor": rule.second_factor, "networks": list(networks)}
        visitor.keep(connection, Act.ROLE_RULE_CHANGE, f"role {role}", details=told)

    return save(screens, work, rules, "staff.rules")


def _one(
    screens: Screens,
    member_id: int,
    problem: str | None = None,
    status: int = 200,
    token: str | None = None,
) -> ResponseReturnValue:
    member = _get(screens, member_id)
    return _form(screens, member, problem, status, token)


def _form(
    screens: Screens,
    member: Member | None,
    problem: str | None = None,
    status: int = 200,
    token: str | None = None,
) -> ResponseReturnValue:
    with screens.runtime.engine.connect() as connection:
        known = departments.everyone(connection)
    base = screens.runtime.settings.needed("PUBLIC_URL")
    page = screens.show(
        "staff/one",
        member=member,
        departments=known,
        roles=tuple(Role),
        languages=tuple(Language),
        problem=problem,
        invitation=token and f"{base}{invitations.path(token)}",
    )
    return page, status


def _get(screens: Screens, member_id: int) -> Member:
    with screens.runtime.engine.connect() as connection:
        member = members.get(connection, member_id)
    if member is None:
        abort(404)
    return member


def _invite(connection: Connection, member_id: int) -> str:
    visitor.keep(connection, Act.STAFF_INVITE, f"staff {member_id}")
    return invitations.invite(connection, member_id)


def _details() -> Details:
    """What the form says; StaffRefused for a choice that it does not offer."""
    form = request.form
    department = form.get("department", "")
    try:
        return Details(
            form.get("name", ""),
            form.get("email", ""),
            Role(form.get("role", "")),
            int(department) if department else None,
            Language(form.get("language", "")),
        )
    except ValueError:
        raise StaffRefused("no_choice", "The form offers no such choice.") from None

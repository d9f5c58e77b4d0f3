"""A member's own page: language, password, second factor, and where they are signed in."""

from functools import partial

from flask import Blueprint, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from bot.audit import Act
from bot.staff import members, sessions
from bot.store.session import transact
from bot.text.language import Language
from console import visitor
from console.screens import Screens
from console.signing_in import attempts, half, recovery, security
from console.signing_in.user import User


def door(screens: Screens) -> Blueprint:
    """`/account` and what it changes."""
    pages = Blueprint("account", __name__, url_prefix="/account")
    pages.add_url_rule("", "page", partial(page, screens))
    for rule, act in (
        ("/language", language),
        ("/password", password),
        ("/second-factor", second_factor),
        ("/recovery-codes", recovery_codes),
        ("/sessions/end-all", end_all),
        ("/sessions/<int:session_id>/end", end_session),
    ):
        pages.add_url_rule(rule, act.__name__, partial(act, screens), methods=["POST"])
    return pages


def page(screens: Screens, problem: str | None = None, status: int = 200) -> ResponseReturnValue:
    """Everything on one page; `problem` is what was wrong with what was just sent."""
    here = visitor.current()
    with screens.runtime.engine.connect() as connection:
        open_sessions = sessions.of_member(connection, here.member.id)
        codes_left = recovery.left(connection, here.member.id)
    shown = screens.show(
        "account/page",
        sessions=open_sessions,
        codes_left=codes_left,
        problem=problem,
        shortest=security.SHORTEST_PASSWORD,
        languages=tuple(Language),
    )
    return shown, status


def language(screens: Screens) -> ResponseReturnValue:
    """Choose the console's language, and go back to where one was."""
    wanted = request.form.get("language", "")
    if wanted in set(Language):
        member_id = visitor.current().member.id
        transact(
            screens.runtime.engine,
            lambda it: members.choose_language(it, member_id, Language(wanted)),
        )
    return redirect(url_for("account.page"), 303)


def password(screens: Screens) -> ResponseReturnValue:
    """Set a new password; every other session ends."""
    user, problem = _proven(screens)
    if problem:
        return page(screens, problem, 422)
    new = request.form.get("new_password", "")
    if problem := security.problem_of(new, user):
        return page(screens, problem, 422)
    here = visitor.current()
    security.set_password(user, new)

    def work(connection: Connection) -> None:
        for one in sessions.of_member(connection, here.member.id):
            if one.id != here.session_id:
                sessions.end(connection, here.member.id, one.id)
        visitor.keep(connection, Act.PASSWORD_SET, f"staff {here.member.id}")

    transact(screens.runtime.engine, work)
    flash("password_changed")
    return redirect(url_for("account.page"), 303)


def second_factor(screens: Screens) -> ResponseReturnValue:
    """Set the authenticator app up anew: every session ends, and the set-up begins one. The old app
    is the second factor until the new one has shown a code."""
    user, problem = _proven(screens)
    if problem:
        return page(screens, problem, 422)
    _end_all(screens)
    half.begin(user, url_for("account.page"), anew=True)
    return redirect(url_for("signing_in.set_up"), 303)


def recovery_codes(screens: Screens) -> ResponseReturnValue:
    """New recovery codes, shown once."""
    user, problem = _proven(screens)
    if problem:
        return page(screens, problem, 422)
    codes = recovery.renew(screens.runtime, user.id)
    subject = f"staff {user.id}"
    transact(screens.runtime.engine, lambda it: visitor.keep(it, Act.RECOVERY_CODES_MADE, subject))
    return screens.show("signing_in/recovery_codes", codes=codes)


def end_session(screens: Screens, session_id: int) -> ResponseReturnValue:
    """Sign out somewhere else."""
    member_id = visitor.current().member.id

    def work(connection: Connection) -> None:
        if sessions.end(connection, member_id, session_id):
            visitor.keep(connection, Act.SESSION_END, f"session {session_id}")

    transact(screens.runtime.engine, work)
    flash("session_ended")
    return redirect(url_for("account.page"), 303)


def end_all(screens: Screens) -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    _end_all(screens)
    session.clear()
    return redirect(url_for("signing_in.form"), 303)


def _end_all(screens: Screens) -> None:
    member_id = visitor.current().member.id

    def work(connection: Connection) -> None:
        ended = sessions.end_all(connection, member_id)
        visitor.keep(connection, Act.SESSION_END, f"staff {member_id}", details={"sessions": ended})

    transact(screens.runtime.engine, work)
    security.leave()


def _proven(screens: Screens) -> tuple[User, str | None]:
    """The visitor, and what is wrong where they did not give their present password."""
    user = security.find(visitor.current().member.email)
    assert user is not None
    if problem := attempts.problem(screens.runtime, attempts.ACCOUNT, user.email):
        return user, problem
    if not security.is_right(user, request.form.get("password", "")):
        attempts.was_wrong(screens.runtime)
        return user, "password_wrong"
    attempts.was_right(screens.runtime, attempts.ACCOUNT, user.email)
    return user, None

"""The pages of signing in: password, code, setting the second factor up, invitation, leaving."""

from functools import partial

from flask import Blueprint, abort, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from bot.audit import Act
from bot.staff import invitations, members, roles, sessions
from bot.store.session import transact
from console import visitor
from console.screens import Screens
from console.signing_in import attempts, finish, half, recovery, security


def door(screens: Screens) -> Blueprint:
    """`/sign-in` and what follows it, `/welcome/<token>`, `/sign-out`."""
    pages = Blueprint("signing_in", __name__)
    for rule, show, act in (
        ("/sign-in", form, check),
        ("/sign-in/code", code, check_code),
        ("/sign-in/set-up", set_up, finish_set_up),
        ("/welcome/<token>", welcome, take_invitation),
    ):
        pages.add_url_rule(rule, show.__name__, partial(show, screens))
        pages.add_url_rule(rule, act.__name__, partial(act, screens), methods=["POST"])
    pages.add_url_rule("/sign-out", "leave", partial(leave, screens), methods=["POST"])
    return pages


def form(screens: Screens, problem: str | None = None, status: int = 200) -> ResponseReturnValue:
    """The form, with what was wrong with it."""
    wanted = request.values.get("next", "")
    page = screens.show(
        "signing_in/form", problem=problem, wanted=wanted, email=request.form.get("email", "")
    )
    return page, status


def check(screens: Screens) -> ResponseReturnValue:
    """Compare the password, and go on to the second factor, or in."""
    runtime = screens.runtime
    email = request.form.get("email", "").strip().lower()[:254]
    if problem := attempts.problem(runtime, attempts.ACCOUNT, email):
        finish.refused(runtime, None, problem)
        return form(screens, problem, 429 if problem == "locked" else 503)
    user = security.find(email)
    if not security.is_right(user, request.form.get("password", "")):
        attempts.was_wrong(runtime)
        finish.refused(runtime, user, "wrong_password")
        return form(screens, "wrong", 422)
    assert user is not None
    rule = transact(runtime.engine, roles.rules)[user.role]
    if not rule.admits(visitor.address()):
        finish.refused(runtime, user, "address")
        abort(403)
    wanted = request.form.get("next", "")
    if user.has_second_factor or rule.second_factor:
        half.begin(user, wanted)
        step = "code" if user.has_second_factor else "set_up"
        return redirect(url_for(f"signing_in.{step}", lang=request.args.get("lang")), 303)
    finish.enter(runtime, user, "password")
    return finish.go_on(wanted)


def code(screens: Screens, problem: str | None = None, status: int = 200) -> ResponseReturnValue:
    """Ask for the code of the authenticator app, or for a recovery code."""
    if half.current(has_second_factor=True) is None:
        return redirect(url_for("signing_in.form"), 303)
    return screens.show("signing_in/code", problem=problem), status


def check_code(screens: Screens) -> ResponseReturnValue:
    """Let in who has the code."""
    runtime, begun = screens.runtime, half.current(has_second_factor=True)
    if begun is None:
        return redirect(url_for("signing_in.form"), 303)
    user, written = begun.user, request.form.get("code", "")[:64]
    if problem := attempts.problem(runtime, attempts.CODES, str(user.id)):
        finish.refused(runtime, user, problem)
        return code(screens, problem, 429 if problem == "locked" else 503)
    assert user.tf_totp_secret is not None
    if security.is_code(written, user.tf_totp_secret, user):
        finish.enter(runtime, user, "code")
    elif recovery.use(runtime, user.id, written):
        finish.enter(runtime, user, "recovery_code")
        flash("recovery_code_used")
    else:
        attempts.was_wrong(runtime)
        finish.refused(runtime, user, "wrong_code")
        return code(screens, "code_wrong", 422)
    return finish.go_on(begun.wanted)


def set_up(screens: Screens, problem: str | None = None, status: int = 200) -> ResponseReturnValue:
    """Show the QR code of a new secret; the same one until it is confirmed."""
    begun = half.current(has_second_factor=False)
    if begun is None:
        return redirect(url_for("signing_in.form"), 303)
    if (secret := begun.secret) is None:
        half.keep_secret(secret := security.new_secret())
    scan = security.to_scan(secret, begun.user)
    return screens.show("signing_in/set_up", scan=scan, problem=problem), status


def finish_set_up(screens: Screens) -> ResponseReturnValue:
    """Keep the secret once a code shows that the app has it; then show the recovery codes."""
    runtime, begun = screens.runtime, half.current(has_second_factor=False)
    if begun is None or begun.secret is None:
        return redirect(url_for("signing_in.form"), 303)
    user = begun.user
    if problem := attempts.problem(runtime, attempts.CODES, str(user.id)):
        return set_up(screens, problem, 429 if problem == "locked" else 503)
    if not security.is_code(request.form.get("code", "")[:64], begun.secret, user):
        attempts.was_wrong(runtime)
        return set_up(screens, "code_wrong", 422)
    acts = [Act.SECOND_FACTOR_REMOVE] if user.has_second_factor else []
    security.set_second_factor(user, begun.secret)
    codes = recovery.renew(runtime, user.id)
    finish.enter(runtime, user, "code")

    def work(connection: Connection) -> None:
        for act in (*acts, Act.SECOND_FACTOR_SET):
            visitor.keep(connection, act, f"staff {user.id}")

    transact(runtime.engine, work)
    return screens.show("signing_in/recovery_codes", codes=codes)


def welcome(
    screens: Screens, token: str, problem: str | None = None, status: int = 200
) -> ResponseReturnValue:
    """Ask an invited member for the password they want."""
    engine = screens.runtime.engine
    member = transact(engine, lambda connection: invitations.invited(connection, token))
    if member is None:
        return screens.show("signing_in/no_invitation"), 404
    shortest = security.SHORTEST_PASSWORD
    page = screens.show("signing_in/welcome", member=member, problem=problem, shortest=shortest)
    return page, status


def take_invitation(screens: Screens, token: str) -> ResponseReturnValue:
    """Set the password; the invitation and every session that was open end with it."""
    engine, password = screens.runtime.engine, request.form.get("password", "")
    member = transact(engine, lambda connection: invitations.invited(connection, token))
    user = security.find(member.email) if member else None
    if member is None or user is None:
        return screens.show("signing_in/no_invitation"), 404
    if problem := security.problem_of(password, user):
        return welcome(screens, token, problem, 422)

    def work(connection: Connection) -> bool:
        if invitations.use(connection, token) is None:
            return False
        sessions.end_all(connection, member.id)
        visitor.keep(connection, Act.PASSWORD_SET, f"staff {member.id}", member=member)
        return True

    if not transact(engine, work):
        return screens.show("signing_in/no_invitation"), 404
    user.fs_uniquifier = members.new_uniquifier()
    security.set_password(user, password)
    flash("password_set")
    return redirect(url_for("signing_in.form"), 303)


def leave(screens: Screens) -> ResponseReturnValue:
    """End this session."""
    here = visitor.current()

    def work(connection: Connection) -> None:
        sessions.end(connection, here.member.id, here.session_id)
        visitor.keep(connection, Act.SIGN_OUT, f"session {here.session_id}")

    transact(screens.runtime.engine, work)
    security.leave()
    session.clear()
    return redirect(url_for("signing_in.form"), 303)

"""The end of a sign-in: a session begins, and where to go then."""

from urllib.parse import urlsplit

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from bot.audit import Act
from bot.runtime import Runtime
from bot.staff import members, sessions
from bot.store.session import transact
from console import visitor
from console.admission import TOKEN
from console.signing_in import attempts, security
from console.signing_in.user import User
from console.visitor import Visitor


def enter(runtime: Runtime, user: User, how: str) -> None:
    """Sign a member in: everything the browser had before is forgotten."""

    def work(connection: Connection) -> tuple[str, Visitor]:
        agent = request.headers.get("User-Agent", "")
        token = sessions.begin(connection, user.id, visitor.address(), agent)
        member = members.get(connection, user.id)
        assert member is not None
        session_id = sessions.use(connection, user.id, token, counts=True)
        assert session_id is not None
        visitor.keep(
            connection, Act.SIGN_IN, f"session {session_id}", member=member, details={"how": how}
        )
        return token, Visitor(member, session_id)

    token, who = transact(runtime.engine, work)
    session.clear()
    security.begin(user)
    session[TOKEN] = token
    visitor.enter(who)
    attempts.was_right(runtime, attempts.ACCOUNT, user.email)
    attempts.was_right(runtime, attempts.CODES, str(user.id))


def go_on(wanted: str) -> ResponseReturnValue:
    """Go where the person wanted to; only within the console."""
    return redirect(wanted if _is_ours(wanted) else url_for("frame.home"), 303)


def refused(runtime: Runtime, user: User | None, why: str) -> None:
    """Record that a sign-in was refused; what was typed is never kept."""
    subject = f"staff {user.id}" if user else "account"
    transact(
        runtime.engine,
        lambda it: visitor.keep(it, Act.SIGN_IN_REFUSED, subject, details={"why": why}),
    )


def _is_ours(wanted: str) -> bool:
    parts = urlsplit(wanted)
    inside = parts.path.startswith(f"{request.script_root}/") and "\\" not in wanted
    return bool(wanted) and not parts.scheme and not parts.netloc and inside

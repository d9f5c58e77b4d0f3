"""Before every request of the console: from where, who, and may they; in this order."""

from flask import Response, abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import Connection

from bot.runtime import Runtime
from bot.staff import members, roles, sessions
from bot.staff.roles import Role
from bot.store.session import transact
from console import access, visitor
from console.visitor import Visitor

TOKEN = "token"
# Set by pages that ask by themselves whether there is something new, where they can set it.
BY_ITSELF = "X-By-Itself"
ALWAYS_BY_THEMSELVES = frozenset(
    {"conversations.stream", "conversations.changes", "queues.counts", "exports.count"}
)


def admit(runtime: Runtime) -> ResponseReturnValue | None:
    """Refuse the request, send it to the sign-in, or let it in (None)."""
    # Flask-Login reads the member by itself, in a transaction of its own that comes before ours.
    user_id = current_user.id if session.get(TOKEN) and current_user.is_authenticated else None

    def work(connection: Connection) -> ResponseReturnValue | None:
        rules = roles.rules(connection)
        admitted = {role for role, rule in rules.items() if rule.admits(visitor.address())}
        if not admitted:
            abort(403)
        if request.endpoint is None:
            return None  # there is no such route, and Flask says so
        allowed = access.TABLE.get(request.endpoint)
        if allowed is None:
            abort(403)
        if allowed is access.OPEN:
            return None
        member = user_id and _member(connection, user_id)
        if not member or (rules[member.role].second_factor and not member.has_second_factor):
            return to_sign_in()
        if member.role not in admitted or member.role not in allowed:
            abort(403)
        return None

    return transact(runtime.engine, work)


def to_sign_in() -> ResponseReturnValue:
    """Have a person sign in and come back; a part of a page has the whole page sent there."""
    if "HX-Request" in request.headers:
        return Response(status=401, headers={"HX-Redirect": url_for("signing_in.form")})
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("signing_in.form", next=back and f"{request.script_root}{back}"), 303)


def _member(connection: Connection, user_id: int) -> members.Member | None:
    """The member whose open session this is; then they are the visitor."""
    alone = BY_ITSELF in request.headers or request.endpoint in ALWAYS_BY_THEMSELVES
    session_id = sessions.use(connection, user_id, session[TOKEN], counts=not alone)
    member = members.get(connection, user_id) if session_id is not None else None
    if session_id is None or member is None or member.role is Role.SUSPENDED:
        return None
    visitor.enter(Visitor(member, session_id))
    return member

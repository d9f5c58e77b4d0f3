"""The console as an application of its own: its sign-in, cookies and checks concern no other door.

Webhooks and public pages would pay for them with every request, and would have to be kept out of
its protection against forged forms one by one.
"""

import threading
from collections.abc import Iterable
from functools import cache, partial
from typing import TYPE_CHECKING

import structlog
from flask import Flask, Response
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from bot.runtime import Runtime
from console import account, admission, audit, canned, departments, frame, headers, readable, staff
from console.campaigns import door as campaigns
from console.conversations import door as conversations
from console.dashboard import door as dashboard
from console.exports import door as exports
from console.ids import Id
from console.queues import door as queues
from console.rehearsal import door as rehearsal
from console.screens import Screens
from console.scripts import door as scripts
from console.signing_in import door as signing_in
from console.signing_in import security

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/console"
MAX_BODY = 256 * 1024
ROOMS = (
    frame,
    signing_in,
    conversations,
    queues,
    dashboard,
    scripts,
    rehearsal,
    canned,
    campaigns,
    exports,
    account,
    staff,
    departments,
    audit,
)

log = structlog.get_logger(__name__)


def door(runtime: Runtime) -> "WSGIApplication":
    """What is mounted at /console; it is built with its first request, which few processes get."""
    built = cache(partial(build, runtime))
    lock = threading.Lock()

    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with lock:
            app = built()
        return app.wsgi_app(environ, start_response)

    return serve


def build(runtime: Runtime) -> Flask:
    """The application that is mounted at /console."""
    app = Flask(__name__, static_url_path="/static")
    secure = runtime.settings.needed("PUBLIC_URL").startswith("https://")
    secret, *before = runtime.vault.indexes("console sessions")
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        SECRET_KEY=secret,
        SECRET_KEY_FALLBACKS=before,
        SESSION_COOKIE_NAME="henji_console",
        SESSION_COOKIE_PATH=PREFIX,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        # It is asked for every request below, whatever the view is.
        WTF_CSRF_CHECK_DEFAULT=False,
        # The session has its own end; a page that is open for a morning must still be sendable.
        WTF_CSRF_TIME_LIMIT=None,
        # A proxy speaks plain HTTP to us; what it was asked by is not ours to guess.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.url_map.converters["int"] = Id
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    screens = Screens(runtime)
    app.before_request(partial(admission.admit, runtime))
    security.install(app, runtime)
    app.before_request(CSRFProtect(app).protect)
    app.before_request(readable.check)
    app.after_request(partial(headers.harden, runtime))
    for room in ROOMS:
        app.register_blueprint(room.door(screens))
    _tell_errors(app, screens)
    return app


def _tell_errors(app: Flask, screens: Screens) -> None:
    def tell(what: str, status: int) -> Response:
        return Response(screens.show("frame/sentence", what=what), status, mimetype="text/html")

    def refuse(error: HTTPException) -> Response:
        known = {403: "forbidden", 404: "not_found"}
        return tell(known.get(error.code or 500, "refused"), error.code or 500)

    def fail(error: Exception) -> Response:
        log.error("console.failed", error=type(error).__name__, exc_info=error)
        away = isinstance(error, DBAPIError | PoolTimeout)
        return tell("busy" if away else "failed", 503 if away else 500)

    app.register_error_handler(CSRFError, lambda _: tell("form_too_old", 400))
    app.register_error_handler(HTTPException, refuse)
    app.register_error_handler(Exception, fail)

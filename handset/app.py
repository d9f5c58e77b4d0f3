"""The handset as one Flask app, wired together."""

from flask import Flask, Response
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from handset import (
    events,
    faults_api,
    gateway_api,
    gateway_page,
    people,
    phone_api,
    phone_page,
    twilio_api,
)
from handset.runtime import Runtime
from handset.settings import Settings
from handset.store import Store, StoreClosedError

_LARGEST_BODY = 256 * 1024
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none';"
    " object-src 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def create_app(settings: Settings) -> Flask:
    """The app; texts and reports move once a Courier is started on app.extensions["handset"].

    Raises SettingError when the CSV of people cannot be used.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_BODY
    app.extensions["handset"] = Runtime(
        settings, people.load(settings.people), Store(settings.database)
    )
    for blueprint in (
        twilio_api.api,
        phone_api.api,
        events.events,
        faults_api.faults,
        gateway_api.api,
        gateway_page.pages,
        phone_page.page,
    ):
        app.register_blueprint(blueprint)
    app.after_request(_protect)
    app.register_error_handler(HTTPException, _refuse)
    app.register_error_handler(UnicodeEncodeError, _refuse_half_character)
    app.register_error_handler(StoreClosedError, _refuse_while_stopping)
    return app


def _protect(response: Response) -> Response:
    response.headers.extend(_HEADERS)
    return response


def _refuse(error: HTTPException) -> ResponseReturnValue:
    return {"error": error.description}, error.code or 500


def _refuse_half_character(_: UnicodeEncodeError) -> ResponseReturnValue:
    """JSON can carry half of a surrogate pair; no database and no carrier can."""
    return {"error": "a text holds half a character"}, 400


def _refuse_while_stopping(_: StoreClosedError) -> ResponseReturnValue:
    return {"error": "the handset is stopping"}, 503

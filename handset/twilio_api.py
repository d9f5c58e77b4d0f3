"""Twilio's Messages API in small: create, list and fetch, with the faults that are switched on."""

import hmac
import time

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from handset import carrier, listing, messages, refusals, resource, submission
from handset.faults import Fault
from handset.refusals import Refusal
from handset.reset import ConnectionReset
from handset.runtime import current
from handset.webhooks import API_VERSION

api = Blueprint("twilio", __name__, url_prefix=f"/{API_VERSION}")


@api.before_request
def authenticate() -> Response | None:
    """Ask for the account SID and auth token; the account in the path must be the same."""
    _wait_half_of_latency()
    settings, given = current().settings, request.authorization
    wanted = f"{settings.account_sid}:{settings.auth_token}"
    shown = f"{given.username}:{given.password}" if given and given.type == "basic" else ""
    account = (request.view_args or {}).get("account", settings.account_sid)
    right = hmac.compare_digest(wanted.encode(), shown.encode())
    if right and account == settings.account_sid:
        return None
    response = refusals.UNAUTHORIZED.response()
    response.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return response


@api.after_request
def take_time(response: Response) -> Response:
    """The other half of the latency, after a message is accepted."""
    _wait_half_of_latency()
    return response


@api.post("/Accounts/<account>/Messages.json")
def create(account: str) -> ResponseReturnValue:
    """Accept a text to be sent: 201 and the message, or an error body."""
    runtime = current()
    trouble = _trouble_before()
    if trouble is not None:
        return trouble
    draft = submission.read(
        request.form.to_dict(), runtime.settings.number, runtime.faults.plan.blocked
    )
    if isinstance(draft, Refusal):
        return draft.response()
    message = carrier.accept(runtime, draft)
    return _trouble_after() or (jsonify(resource.resource(message, account)), 201)


@api.get("/Accounts/<account>/Messages.json")
def index(account: str) -> ResponseReturnValue:
    """One page of messages, newest first."""
    query = listing.read(request.args.to_dict())
    if isinstance(query, Refusal):
        return query.response()
    if current().faults.strikes(Fault.LIST_ERROR):
        return refusals.SERVER_ERROR.response()
    with current().store.transaction() as db:
        page = listing.answer(db, query, account)
    return page.response() if isinstance(page, Refusal) else jsonify(page)


@api.get("/Accounts/<account>/Messages/<sid>.json")
def fetch(account: str, sid: str) -> ResponseReturnValue:
    """One message."""
    if current().faults.strikes(Fault.LIST_ERROR):
        return refusals.SERVER_ERROR.response()
    with current().store.transaction() as db:
        message = messages.find(db, sid)
    if message is None:
        return refusals.NOT_FOUND.response()
    return jsonify(resource.resource(message, account))


@api.route("/<path:unknown>", methods=["GET", "POST", "PUT", "DELETE"])
def nothing_here(unknown: str) -> ResponseReturnValue:
    """Every other resource of Twilio's."""
    return refusals.NOT_FOUND.response()


def _wait_half_of_latency() -> None:
    time.sleep(current().faults.plan.latency_ms / 2000)


def _trouble_before() -> Response | None:
    faults = current().faults
    if faults.strikes(Fault.THROTTLE):
        response = refusals.THROTTLED.response()
        response.headers["Retry-After"] = str(faults.plan.retry_after)
        return response
    if faults.strikes(Fault.ERROR_BEFORE_ACCEPT):
        return refusals.SERVER_ERROR.response()
    return ConnectionReset() if faults.strikes(Fault.RESET_BEFORE_ACCEPT) else None


def _trouble_after() -> Response | None:
    faults = current().faults
    if faults.strikes(Fault.ERROR_AFTER_ACCEPT):
        return refusals.SERVER_ERROR.response()
    return ConnectionReset() if faults.strikes(Fault.RESET_AFTER_ACCEPT) else None

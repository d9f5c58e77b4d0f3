"""Twilio's Messages API in small: create, list and fetch, with the faults that are switched on."""

import hmac
import time

from flask import Blueprint, Response, g, jsonify, request
from flask.typing import ResponseReturnValue

from handset import carrier, journal, listing, messages, refusals, resource, submission, trouble
from handset.faults import Fault
from handset.journal import Entry
from handset.refusals import Refusal
from handset.reset import ConnectionReset
from handset.runtime import current
from handset.webhooks import API_VERSION

api = Blueprint("twilio", __name__, url_prefix=f"/{API_VERSION}")


@api.before_request
def authenticate() -> Response | None:
    """Ask for the account SID and auth token; the account in the path must be the same."""
    g.began = time.time()
    _wait_half_of_latency()
    settings, given = current().settings, request.authorization
    wanted = f"{settings.account_sid}:{settings.auth_token}"
    shown = f"{given.username}:{given.password}" if given and given.type == "basic" else ""
    account = (request.view_args or {}).get("account", settings.account_sid)
    right = hmac.compare_digest(wanted.encode(), shown.encode())
    locked_out = current().faults.strikes(Fault.UNAUTHORIZED)
    if right and account == settings.account_sid and not locked_out:
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
    if (instead := trouble.before()) is not None:
        return _journaled(instead)
    runtime = current()
    draft = submission.read(request.form.to_dict(), runtime.settings.number, runtime.faults.plan)
    if isinstance(draft, Refusal):
        return _journaled(draft.response())
    early = runtime.faults.strikes(Fault.CALLBACK_EARLY)
    message = carrier.accept(runtime, draft, g.began, early)
    if early:
        time.sleep(runtime.faults.plan.early_ms / 1000)
    answer = jsonify(resource.resource(message, account))
    answer.status_code = 201
    return trouble.after(answer)


@api.get("/Accounts/<account>/Messages.json")
def index(account: str) -> ResponseReturnValue:
    """One page of messages, newest first."""
    query = listing.read(request.args.to_dict(), _listed_until())
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
    if message is None or message.created > _listed_until():
        return refusals.NOT_FOUND.response()
    return jsonify(resource.resource(message, account))


@api.route("/<path:unknown>", methods=["GET", "POST", "PUT", "DELETE"])
def nothing_here(unknown: str) -> ResponseReturnValue:
    """Every other resource of Twilio's."""
    return refusals.NOT_FOUND.response()


def _wait_half_of_latency() -> None:
    time.sleep(current().faults.plan.latency_ms / 2000)


def _listed_until() -> float:
    """A message that was accepted later than this is not yet listed."""
    return time.time() - current().faults.plan.list_lag_ms / 1000


def _journaled(refused: Response) -> Response:
    """Enter in the journal that a message was not accepted."""
    answer = 0 if isinstance(refused, ConnectionReset) else refused.status_code
    callback = request.form.get("StatusCallback", "")
    with current().store.transaction() as db:
        journal.write(db, [Entry(journal.CREATE, "", callback, g.began, time.time(), answer)])
    return refused

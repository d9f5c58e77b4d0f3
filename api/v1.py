"""The door: each request is admitted, read, carried out in one transaction, and answered."""

import json
from functools import partial
from http import HTTPStatus

import structlog
from flask import Blueprint, Response, request
from pydantic import ValidationError
from sqlalchemy import Connection
from werkzeug.exceptions import RequestEntityTooLarge

from api import admission, repeats
from api.acts import Call
from api.admission import Caller
from api.bodies import Body
from api.document import PREFIX, document
from api.operations import OPERATIONS, Operation
from api.refusal import HEADERS, FieldProblem, Refusal
from api.repeats import Answered
from bot.errors import CampaignRefused, ConsentRefused, LookUpRefused, SenderRefused, SendError
from bot.messaging.sending import landing
from bot.runtime import Runtime
from bot.store.session import transact
from bot.text.language import Language

MOST_NAMED = 20
NO_ADMINISTRATOR = "This key does not administer senders: see henji api-keys add --administers."
NO_WRITER = "This key does not write accounts: see henji api-keys add --accounts."

log = structlog.get_logger(__name__)


def door(runtime: Runtime) -> Blueprint:
    """Every operation of the table, and the document that tells of them."""
    blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
    for operation in OPERATIONS:
        view = partial(serve, runtime, operation)
        blueprint.add_url_rule(operation.path, operation.name, view, methods=[operation.method])
    blueprint.add_url_rule("/openapi.json", "openapi", tell)
    return blueprint


def tell() -> Response:
    """The OpenAPI document; it holds nothing that is not in the open repository."""
    return _json(HTTPStatus.OK, document())


def serve(runtime: Runtime, operation: Operation, **arguments: int) -> Response:
    """Carry out one request; raises a Refusal that says what is wrong with it."""
    request.max_content_length = operation.largest
    caller = admission.admit(runtime, request)
    if operation.administers and not caller.administers:
        raise Refusal(HTTPStatus.FORBIDDEN, NO_ADMINISTRATOR)
    if operation.writes_accounts and not caller.writes_accounts:
        raise Refusal(HTTPStatus.FORBIDDEN, NO_WRITER)
    key = _idempotency_key(operation, caller)
    body = _read(operation.body, operation.largest) if operation.body is not None else None

    found = None if _is_known(runtime, operation, caller, key) else _asked(runtime, operation, body)

    def work(connection: Connection) -> Answered:
        call = Call(connection, runtime, caller.actor, body, found, **arguments)
        act = partial(_act, operation, call)
        if key is None:
            return act()
        made_of = repeats.fingerprints(
            runtime.vault, request.method, request.path, request.get_data()
        )
        return repeats.once(connection, caller.key_id, key, made_of, act)

    try:
        done = landing.transact(runtime.engine, work)
    except (ConsentRefused, CampaignRefused) as refused:
        raise Refusal(HTTPStatus.CONFLICT, str(refused)) from None
    except SenderRefused as refused:
        words = _in_their_language(refused)
        problem = FieldProblem(field=operation.about, detail=words)
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, words, [problem]) from None
    log.info("api.answered", operation=operation.name, key=caller.name, again=done.again)
    return _json(done.status, done.content, done.again)


def _is_known(runtime: Runtime, operation: Operation, caller: Caller, key: str | None) -> bool:
    if operation.asks is None or key is None:
        return False
    return transact(runtime.engine, lambda it: repeats.is_known(it, caller.key_id, key))


def _asked(runtime: Runtime, operation: Operation, body: Body | None) -> object:
    """What an operation must find out before its transaction, or a Refusal where it cannot."""
    if operation.asks is None:
        return None
    try:
        return operation.asks(runtime, body)
    except LookUpRefused as refused:
        raise Refusal(HTTPStatus.CONFLICT, str(refused)) from None
    except SendError as error:
        raise Refusal(HTTPStatus.BAD_GATEWAY, str(error)) from None


def _in_their_language(refused: SenderRefused) -> str:
    wished = request.accept_languages.best_match([*Language], default=Language.EN)
    return (wished == Language.JA and refused.ja) or str(refused)


def _act(operation: Operation, call: Call) -> Answered:
    answer = operation.act(call)
    return Answered(operation.status.value, answer.model_dump(mode="json"))


def _idempotency_key(operation: Operation, caller: Caller) -> str | None:
    """The key of a repeatable request; a signed one that writes counts once in any case."""
    given = request.headers.get(repeats.HEADER)
    if operation.body is None or given is None:
        return caller.replayed_as if operation.writes else None
    repeats.check(given)
    return given


def _read(model: type[Body], largest: int) -> Body:
    if not request.is_json:
        words = "Send the body as JSON, with Content-Type: application/json."
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, words)
    body = request.get_data()
    if len(body) >= largest:
        # One that does not tell its length beforehand is cut there.
        raise RequestEntityTooLarge
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise _unreadable(error) from None


def _unreadable(error: ValidationError) -> Refusal:
    """What is wrong with a body, without anything that stood in it."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if any(one["type"] == "json_invalid" for one in found):
        return Refusal(HTTPStatus.BAD_REQUEST, "The body is not JSON.")
    problems = [
        FieldProblem(field=".".join(map(str, one["loc"])) or "body", detail=one["msg"])
        for one in found[:MOST_NAMED]
    ]
    first = problems[0]
    words = f"{first.field}: {first.detail}"
    return Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, words, problems)


def _json(status: int, content: object, again: bool = False) -> Response:
    headers = {**HEADERS, "Idempotent-Replayed": "true"} if again else HEADERS
    text = json.dumps(content, ensure_ascii=False)
    return Response(text, status, headers, content_type="application/json")

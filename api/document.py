"""The OpenAPI 3.1 document, made from the table of operations and the models of its bodies."""

import re
from collections import defaultdict
from functools import cache
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from api import refusal, repeats, signature
from api.operations import OPERATIONS, Operation
from api.refusal import Problem

PREFIX = "/api/v1"
VERSION = "1.0.0"
ALWAYS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)
WITH_BODY = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
_ARGUMENT = re.compile(r"<int:(\w+)>")
_REFERENCE = "#/components/schemas/{model}"
_SECURITY = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "The key as henji api-keys gave it.",
    },
    "signature": {
        "type": "http",
        "scheme": signature.SCHEME,
        "description": "A signed request; docs/api.md tells how it is made.",
    },
}
_IDEMPOTENCY_KEY = {
    "name": repeats.HEADER,
    "in": "header",
    "required": False,
    "description": "The same key with the same body is carried out once, and answered the same.",
    "schema": {"type": "string", "minLength": 1, "maxLength": repeats.LONGEST},
}


@cache
def document() -> dict[str, Any]:
    """The whole document as JSON values."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Henji",
            "version": VERSION,
            "description": "Consent, opt-outs, verdicts and payments, for your systems.",
        },
        "servers": [{"url": PREFIX}],
        "security": [{name: []} for name in _SECURITY],
        "paths": _paths(),
        "components": {"schemas": _schemas(), "securitySchemes": _SECURITY},
    }


def _paths() -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for each in OPERATIONS:
        paths[_path(each)][each.method.lower()] = _operation(each)
    return paths


def _schemas() -> dict[str, Any]:
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(Problem, "serialization")]
    for each in OPERATIONS:
        models.append((each.answer, "serialization"))
        if each.body is not None:
            models.append((each.body, "validation"))
    _, definitions = models_json_schema(models, ref_template=_REFERENCE)
    schemas: dict[str, Any] = definitions["$defs"]
    return schemas


def _path(operation: Operation) -> str:
    return _ARGUMENT.sub(r"{\1}", operation.path)


def _operation(operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": _parameters(operation),
        "responses": _responses(operation),
    }
    if operation.body is not None:
        told["requestBody"] = {"required": True, "content": _json(operation.body)}
    return told


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    arguments: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer", "minimum": 0}}
        for name in _ARGUMENT.findall(operation.path)
    ]
    return arguments if operation.body is None else [*arguments, _IDEMPOTENCY_KEY]


def _responses(operation: Operation) -> dict[str, Any]:
    refused = {*ALWAYS, *operation.refusals, *(WITH_BODY if operation.body else ())}
    problem = {refusal.MEDIA_TYPE: _json(Problem)["application/json"]}
    return {
        str(operation.status.value): {
            "description": operation.status.phrase,
            "content": _json(operation.answer),
        },
        **{
            str(status.value): {"description": status.phrase, "content": problem}
            for status in sorted(refused)
        },
    }


def _json(model: type[BaseModel]) -> dict[str, Any]:
    reference = _REFERENCE.format(model=model.__name__)
    return {"application/json": {"schema": {"$ref": reference}}}

"""What a caller is told when a request is refused: one shape (RFC 9457), a sentence to act on."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Response
from pydantic import BaseModel, Field
from werkzeug.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"
# Nothing of an answer may be kept on its way, or read as anything but JSON.
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
SENTENCES = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take that method; see Allow.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "The body is too large: 16 KiB are the most, 128 KiB of accounts."
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: "Nothing was changed; please try again in a moment.",
}
OTHERWISE = "This request cannot be taken as it is."
OURS = "This is a fault of ours; it has been logged."


class FieldProblem(BaseModel):
    """What is wrong with one field of the body."""

    field: str = Field(description="Its place in the body, such as evidence.kind.")
    detail: str


class Problem(BaseModel):
    """Why a request was refused, as in RFC 9457."""

    type: str = "about:blank"
    title: str = Field(description="The name of the status.")
    status: int
    detail: str = Field(description="A sentence to act on.")
    errors: list[FieldProblem] = Field(
        default_factory=list, description="The fields of the body that cannot be taken."
    )


class Refusal(HTTPException):
    """A request that is refused with a status and a sentence."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        errors: Sequence[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = int(status)
        self.errors = list(errors)
        self.headers = dict(headers or {})


def answer(error: Exception, status: int) -> Response:
    """The answer to a request that failed with an error; nothing of a fault of ours is told."""
    headers: dict[str, Any] = {**HEADERS}
    detail, errors = SENTENCES.get(HTTPStatus(status), OTHERWISE), []
    if isinstance(error, Refusal):
        detail, errors = error.description or detail, error.errors
        headers |= error.headers
    elif isinstance(error, HTTPException):
        headers |= {name: text for name, text in error.get_headers() if name == "Allow"}
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR and HTTPStatus(status) not in SENTENCES:
        detail = OURS
    title = HTTPStatus(status).phrase
    problem = Problem(title=title, status=status, detail=detail, errors=errors)
    return Response(problem.model_dump_json(), status, headers, content_type=MEDIA_TYPE)

"""Every operation of the API, in one table from which its routes and its document are made."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from pydantic import BaseModel

from api import acts, bodies
from api.acts import Call


@dataclass(frozen=True)
class Operation:
    """One row: address and method, what is sent and what comes back, and what it does.

    `path` is that of Flask. `refusals` are the statuses that its own rules add to those that every
    operation has.
    """

    name: str
    method: str
    path: str
    summary: str
    act: Callable[[Call], BaseModel]
    answer: type[BaseModel]
    body: type[bodies.Body] | None = None
    status: HTTPStatus = HTTPStatus.OK
    writes: bool = False
    refusals: tuple[HTTPStatus, ...] = ()


OPERATIONS = (
    Operation(
        "recordConsent",
        "POST",
        "/consents",
        "Record that a person agreed to purposes, or refused them, outside of Henji.",
        acts.record_consent,
        bodies.Recorded,
        bodies.ConsentBody,
        HTTPStatus.CREATED,
        writes=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
    Operation(
        "stop",
        "POST",
        "/opt-outs",
        "Stop messages to a number at its owner's wish; only their own START lifts it.",
        acts.stop,
        bodies.Stopped,
        bodies.OptOutBody,
        HTTPStatus.CREATED,
        writes=True,
    ),
    Operation(
        "tellStatus",
        "POST",
        "/numbers/status",
        "Tell where a number stands, and why: consent, stops and holds.",
        acts.tell_status,
        bodies.Status,
        bodies.StatusBody,
    ),
    Operation(
        "tellVerdict",
        "GET",
        "/messages/<int:message>/verdict",
        "Tell why a message was sent, waits, or was not sent.",
        acts.tell_verdict,
        bodies.Verdict,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
)

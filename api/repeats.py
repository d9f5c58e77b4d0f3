"""Requests that may be repeated: the same Idempotency-Key is carried out once, in one transaction
with what it does, and answered the same again for a day."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from sqlalchemy import Connection, delete, select, update

from api.refusal import Refusal
from bot.store.columns import seconds_from_now
from bot.store.crypto import Vault
from bot.store.session import insert
from bot.store.tables import api_requests

HEADER = "Idempotency-Key"
KEPT_FOR_S = 24 * 3600
A_MINUTE_S = 60
LONGEST = 255
BATCH = 100

_request = api_requests.c


@dataclass(frozen=True)
class Answered:
    """An answer as JSON, and whether it is that of an earlier request."""

    status: int
    content: Any
    again: bool = False


def fingerprints(vault: Vault, method: str, path: str, body: bytes) -> list[str]:
    """What makes two requests the same, but for their key; with each SECRET_KEY.

    It is keyed, since a body may hold what proves who somebody is.
    """
    said = f"{method} {path} {hashlib.sha256(body).hexdigest()}"
    return [one.fingerprint(said) for one in vault.everyone]


def check(key: str) -> None:
    """Refuse a key that cannot be kept."""
    if not 0 < len(key) <= LONGEST or not key.isprintable():
        words = f"{HEADER} must have 1 to {LONGEST} printable characters."
        raise Refusal(HTTPStatus.BAD_REQUEST, words)


def is_known(connection: Connection, key_id: int, idempotency_key: str) -> bool:
    """Whether a request with this key was carried out, so that nothing need be found out for it.

    One that is about to be forgotten is not.
    """
    this = (_request.api_key_id == key_id) & (_request.idempotency_key == idempotency_key)
    kept = _request.created_at > seconds_from_now(A_MINUTE_S - KEPT_FOR_S)
    return connection.execute(select(_request.id).where(this, kept)).first() is not None


def once(
    connection: Connection,
    key_id: int,
    idempotency_key: str,
    request: list[str],
    work: Callable[[], Answered],
) -> Answered:
    """Do a piece of work the first time, and answer as then each other time.

    Who comes second at the same instant waits for the first. Refuses another request with the same
    key; what was refused may be tried again.
    """
    _forget(connection)
    this = (_request.api_key_id == key_id) & (_request.idempotency_key == idempotency_key)
    row = {"api_key_id": key_id, "idempotency_key": idempotency_key, "fingerprint": request[0]}
    statement = insert(connection, api_requests).values(**row, status=0, answer={})
    claimed = statement.on_conflict_do_nothing().returning(_request.id)
    if connection.execute(claimed).first() is None:
        known = connection.execute(select(api_requests).where(this)).one()
        if known.fingerprint not in request:
            words = f"This {HEADER} was used for another request: use a new one."
            raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, words)
        return Answered(known.status, known.answer, again=True)
    done = work()
    connection.execute(
        update(api_requests).where(this).values(status=done.status, answer=done.content)
    )
    return done


def _forget(connection: Connection) -> None:
    """Let go of some that are over a day old, but for those that somebody else has in hand."""
    old = (
        select(_request.id)
        .where(_request.created_at < seconds_from_now(-KEPT_FOR_S))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    connection.execute(delete(api_requests).where(_request.id.in_(old)))

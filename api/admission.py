"""Who calls: a key that is known, from a network that it is taken from, not too often."""

from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

import structlog
from flask import Request
from sqlalchemy import Connection, Row

from api import keys, signature
from api.refusal import Refusal
from bot import limits
from bot.limits import Limit, Room
from bot.runtime import Runtime
from bot.store.session import transact

A_MINUTE_S = 60

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Caller:
    """A key that was let in; `replayed_as` names a signed request, which counts once."""

    key_id: int
    name: str
    administers: bool = False
    writes_accounts: bool = False
    replayed_as: str | None = None

    @property
    def actor(self) -> str:
        """The actor of all that it does."""
        return f"api:{self.name}"


def admit(runtime: Runtime, request: Request) -> Caller:
    """Let a request in, or raise a Refusal: 401, 403 or 429.

    The address is that of the connection; HENJI_TRUSTED_PROXIES says whose word about another one
    is taken.
    """
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    signed = signature.parse(given) if scheme == signature.SCHEME else None

    def look(connection: Connection) -> Row[Any] | None:
        if signed is not None:
            return keys.of_signer(connection, signed.name)
        return keys.of_bearer(connection, given) if scheme.lower() == "bearer" else None

    row = transact(runtime.engine, look)
    if row is None or (signed is not None and not _is_signed(runtime, request, row, signed)):
        raise _unknown()
    _check_address(row, request.remote_addr or "")
    _check_rate(runtime, row)
    keys.note_use(runtime.engine, row)
    replayed_as = f"signature {signed.v1}" if signed else None
    return Caller(row.id, row.name, row.administers, row.writes_accounts, replayed_as)


def _is_signed(runtime: Runtime, request: Request, row: Row[Any], signed: signature.Signed) -> bool:
    path, body = request.full_path.rstrip("?"), request.get_data()
    return any(
        signature.holds(signed, secret, request.method, path, body)
        for secret in keys.secrets_of(runtime.vault, row.fingerprint)
    )


def _unknown() -> Refusal:
    log.warning("api.refused", why="no key that is in use, or a signature that does not fit")
    challenge = {"WWW-Authenticate": f"Bearer, {signature.SCHEME}"}
    words = "Send a key that is in use as Authorization: Bearer, or sign the request."
    return Refusal(HTTPStatus.UNAUTHORIZED, words, headers=challenge)


def _check_address(row: Row[Any], address: str) -> None:
    if not _is_allowed(address, row.allow):
        log.warning("api.refused", why="the address is not in the allow-list", key=row.name)
        words = f"{address or 'An unknown address'} is not in the allow-list of this key."
        raise Refusal(HTTPStatus.FORBIDDEN, words)


def _is_allowed(address: str, networks: list[str]) -> bool:
    try:
        peer = ip_address(address)
    except ValueError:
        return False
    # A server that listens on both kinds of address tells the older one in the newer's form.
    if isinstance(peer, IPv6Address) and peer.ipv4_mapped:
        peer = peer.ipv4_mapped
    return any(peer in ip_network(each) for each in networks)


def _check_rate(runtime: Runtime, row: Row[Any]) -> None:
    """Count one more request of a key; while Redis is away nobody is counted."""
    most = runtime.settings.HENJI_API_PER_MINUTE
    limit = Limit("api", most, A_MINUTE_S)
    if limits.spend(runtime, limit, str(row.id)) is Room.NONE:
        wait = {"Retry-After": str(A_MINUTE_S)}
        words = f"This key may make {most} requests a minute: try again after a minute."
        raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, words, headers=wait)

"""The signed cookie that remembers, for ten minutes, that a person proved who they are."""

import hashlib
from datetime import datetime, timedelta

from flask import request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from bot.payments.link import Seen
from bot.settings import Settings

VALID_FOR = timedelta(minutes=10)
NAME = "henji-payment"


def give(response: Response, settings: Settings, token: str, link: Seen) -> None:
    """Put the proof for one link into a response; it is sent to this link's pages only."""
    response.set_cookie(
        _name(settings),
        _signer(settings).dumps([link.id, int(link.now.timestamp())]),
        max_age=VALID_FOR,
        path=f"/p/{token}",
        secure=_is_secure(settings),
        httponly=True,
        samesite="Lax",
    )


def is_carried(settings: Settings) -> bool:
    """Whether this request carries anything that may be a proof."""
    return _name(settings) in request.cookies


def holds(settings: Settings, link: Seen) -> bool:
    """Whether this request carries a proof for this very link that is not too old."""
    try:
        link_id, second = _signer(settings).loads(request.cookies.get(_name(settings), ""))
    except (BadSignature, ValueError, TypeError):
        return False
    return bool(link_id == link.id and _is_recent(second, link.now))


def _is_recent(second: int, now: datetime) -> bool:
    """By the database's clock, which gave the second as well."""
    return 0 <= int(now.timestamp()) - second <= VALID_FOR.total_seconds()


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(
        settings.secret_keys,
        salt="payment page",
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )


def _name(settings: Settings) -> str:
    """Browsers take a name with this prefix over HTTPS only."""
    return f"__Secure-{NAME}" if _is_secure(settings) else NAME


def _is_secure(settings: Settings) -> bool:
    return settings.link_url.startswith("https://")

"""Posting to the bot over HTTP: no redirects, no proxies, no retries of its own."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

import urllib3

# Twilio's own limits: 5 s to connect, 15 s for an answer.
_CONNECTS_WITHIN_S = 5
_PATIENCE = urllib3.Timeout(connect=_CONNECTS_WITHIN_S, read=15)
_pool = urllib3.PoolManager(maxsize=32, timeout=_PATIENCE)


class Heeds(Enum):
    """What a post makes of its answer: ALL; not waiting for it; waiting, and losing it."""

    ALL = auto()
    HANGS_UP = auto()
    LOSES = auto()


@dataclass(frozen=True)
class Post:
    """A request to make: the body is sent as it was signed."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    heeds: Heeds = Heeds.ALL


@dataclass(frozen=True)
class Answer:
    """The HTTP status a post came back with, None for no answer; Unix seconds of both ends.

    `lost` says that it is no fault of the bot's that none came.
    """

    status: int | None
    began: float
    ended: float
    lost: bool = False


def send(post: Post) -> Answer:
    """Make a post and wait for its answer, as far as the post heeds it."""
    began = time.time()
    if post.heeds is Heeds.HANGS_UP:
        _write(post)
        return Answer(None, began, time.time(), lost=True)
    status = _status(post)
    lost = post.heeds is Heeds.LOSES
    return Answer(None if lost else status, began, time.time(), lost)


def _write(post: Post) -> None:
    """Send a request whole, and be gone."""
    where = urlsplit(post.url)
    target = where._replace(scheme="", netloc="").geturl()
    connection = HTTPConnection(where.netloc, timeout=_CONNECTS_WITHIN_S)
    with suppress(OSError, HTTPException):
        connection.request("POST", target, post.body, dict(post.headers))
    connection.close()


def _status(post: Post) -> int | None:
    try:
        answer = _pool.request(
            "POST",
            post.url,
            body=post.body,
            headers=dict(post.headers),
            retries=False,
            redirect=False,
        )
    except urllib3.exceptions.HTTPError:
        return None
    return answer.status

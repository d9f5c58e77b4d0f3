"""Posting to the bot over HTTP: no redirects, no proxies, no retries of its own."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import urllib3

# Twilio's own limits: 5 s to connect, 15 s for an answer.
_PATIENCE = urllib3.Timeout(connect=5, read=15)
_pool = urllib3.PoolManager(maxsize=32, timeout=_PATIENCE)


@dataclass(frozen=True)
class Post:
    """A request to make: the body is sent as it was signed."""

    url: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """The HTTP status a post came back with, None for no answer; Unix seconds of both ends."""

    status: int | None
    began: float
    ended: float


def send(post: Post) -> Answer:
    """Make a post and wait for its answer."""
    began = time.time()
    status = _status(post)
    return Answer(status, began, time.time())


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

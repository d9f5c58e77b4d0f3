"""How often somebody may do something: counted in Redis for a while, and forgotten then.

Redis keeps a keyed hash of who it was, never an address or a token.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import structlog
from redis.exceptions import RedisError

from bot.runtime import Runtime

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Limit:
    """At most so many times within so many seconds, which begin with the first time."""

    name: str
    most: int
    within_s: int


class Room(StrEnum):
    """Whether there is room under a limit; UNKNOWN while Redis is, or just was, away.

    What that means is for the caller to say: a stop must never fail for it, a guess never pass.
    """

    LEFT = "left"
    NONE = "none"
    UNKNOWN = "unknown"


def spend(runtime: Runtime, limit: Limit, who: str = "") -> Room:
    """Count one more time for somebody (empty: for all together); NONE where it is one too many."""
    key = _key(runtime, limit, who)

    def count() -> int:
        pipeline = runtime.redis.pipeline()
        pipeline.set(key, 0, ex=limit.within_s, nx=True)
        pipeline.incr(key)
        spent = int(pipeline.execute()[1])
        if spent == limit.most + 1:
            log.warning("limit.reached", limit=limit.name)
        return spent

    return _compare(runtime, limit, count)


def room(runtime: Runtime, limit: Limit, who: str = "") -> Room:
    """Whether one more time would be within the limit; nothing is counted."""
    key = _key(runtime, limit, who)
    return _compare(runtime, limit, lambda: int(runtime.redis.get(key) or 0) + 1)


def forget(runtime: Runtime, limit: Limit, who: str = "") -> None:
    """Begin to count afresh for who has shown that they may; nothing while Redis is away."""
    if not runtime.redis_rest.lasts:
        with contextlib.suppress(RedisError):
            runtime.redis.delete(_key(runtime, limit, who))


def _compare(runtime: Runtime, limit: Limit, count: Callable[[], int]) -> Room:
    if runtime.redis_rest.lasts:
        return Room.UNKNOWN
    try:
        return Room.LEFT if count() <= limit.most else Room.NONE
    except RedisError as error:
        runtime.redis_rest.begin()
        log.warning("limit.unknown", error=type(error).__name__)
        return Room.UNKNOWN


def _key(runtime: Runtime, limit: Limit, who: str) -> str:
    return f"henji:limit:{limit.name}:{runtime.vault.index(who)}"

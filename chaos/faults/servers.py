"""What Henji stands on: the carrier, Valkey and the database, away, emptied, full or frozen."""

import shutil
import signal
from collections.abc import Callable
from contextlib import suppress

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from chaos.stage import LOOK_AGAIN_S, NotPossible, Stage, Story

CARRIER_STARTS_WITHIN_S = 30.0


def carrier_down(stage: Stage, lasts: float) -> Story:
    """Connections are refused; it comes back with what it had accepted, and no faults."""
    stage.broken.add("handset")
    stage.kill("handset")
    yield lasts
    stage.start("handset")
    waited = 0.0
    while not stage.ask(refused=stage.refused) and waited < CARRIER_STARTS_WITHIN_S:
        yield LOOK_AGAIN_S
        waited += LOOK_AGAIN_S


def valkey_stopped(stage: Stage, lasts: float) -> Story:
    """It is asked to end, tells its clients so, and comes back with what it knew."""
    if stage.site.runs("valkey") and "valkey" not in stage.frozen:
        stage.site.stop("valkey")
    yield lasts
    stage.start("valkey")


def valkey_emptied(stage: Stage, lasts: float) -> Story:
    """It dies and comes back without what it knew."""
    stage.broken.add("valkey")
    stage.kill("valkey")
    for part in stage.site.valkey_folder.iterdir():
        shutil.rmtree(part) if part.is_dir() else part.unlink()
    yield lasts
    stage.start("valkey")


def valkey_flushed(stage: Stage, lasts: float) -> Story:
    """It lives and forgets all; before that, one looks at what it knew."""
    stage.look_into_valkey()
    with suppress(RedisError), stage.redis() as redis:
        redis.flushall()
    yield lasts


def valkey_full(stage: Stage, lasts: float) -> Story:
    """It refuses every write."""
    with suppress(RedisError), stage.redis() as redis:
        redis.config_set("maxmemory", "1mb")
    yield lasts
    with suppress(RedisError), stage.redis() as redis:
        redis.config_set("maxmemory", "0")


def database_ended(number: signal.Signals) -> Callable[[Stage, float], Story]:
    """It ends by a signal, is away for a while, and recovers."""

    def end(stage: Stage, lasts: float) -> Story:
        stage.database.signal(number)
        yield lasts
        stage.database.start()

    return end


def database_cut(stage: Stage, lasts: float) -> Story:
    """Every connection to it ends, in the middle of whatever it was doing."""
    with suppress(SQLAlchemyError):
        stage.database.cut()
    yield lasts


def database_frozen(stage: Stage, lasts: float) -> Story:
    """It halts with every request that it has taken."""
    stage.database.freeze()
    yield lasts
    stage.database.thaw()


def database_full(stage: Stage, lasts: float) -> Story:
    """It finds no room to write; raises NotPossible."""
    if not stage.database.fill():
        raise NotPossible("there is no prlimit here")
    yield lasts

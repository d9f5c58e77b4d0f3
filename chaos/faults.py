"""How each fault of ours is brought about: a story that breaks something, waits, and mends it."""

import os
import shutil
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import requests
from redis.exceptions import RedisError

from chaos.catalogue import CARRIER
from chaos.stage import LOOK_AGAIN_S, NotPossible, Stage, Story
from handset.faults import Plan

CALM = Plan()
HELD_WITHIN_S = 8.0
CARRIER_STARTS_WITHIN_S = 30.0
# As docs/architecture.md promises.
STOPS_WITHIN_S = 25.0
SKEW_S = 600
DEPLOYED = ("worker", "worker-2", "clock", "web")
LIBRARIES = Path("/usr/lib")


def story(stage: Stage, fault: str, lasts: float) -> Story:
    """The story of a fault by its name; it yields the seconds to wait for before it goes on.

    Raises NotPossible where this machine lacks what it takes.
    """
    if fault in CARRIER:
        return carrier(stage, CARRIER[fault].wishes, lasts)
    return STORIES[fault](stage, lasts)


def carrier(stage: Stage, wishes: Mapping[str, Any], lasts: float) -> Story:
    stage.ask(**wishes)
    yield lasts
    stage.ask(**{name: getattr(CALM, name, {"rate": 0}) for name in wishes})


def killed(name: str) -> Callable[[Stage, float], Story]:
    def kill(stage: Stage, lasts: float) -> Story:
        stage.kill(name)
        yield lasts
        stage.start(name)

    return kill


def web_parent_killed(stage: Stage, lasts: float) -> Story:
    """What it started goes on without it, until somebody tidies up."""
    if not stage.site.runs("web"):
        return
    stage.broken.add("web")
    os.kill(stage.site.pid("web"), signal.SIGKILL)
    stage.kills += 1
    yield lasts
    if stage.site.runs("web"):
        stage.site.kill("web")
    stage.start("web")


def web_child_killed(stage: Stage, lasts: float) -> Story:
    if child := _web_child(stage):
        child.kill()
        stage.kills += 1
    yield lasts


def killed_at_post(hold: str) -> Callable[[Stage, float], Story]:
    """The carrier has the request in its hand while its sender dies."""

    def kill(stage: Stage, lasts: float) -> Story:
        stage.ask(**{hold: {"next": 1}})
        port = yield from stage.until_held(HELD_WITHIN_S)
        name = stage.sender_at(port) if port else None
        if name:
            stage.kill(name)
        with suppress(requests.RequestException):
            stage.ask(**{hold: {"next": 0}})
            stage.site.handset.release()
        yield lasts
        if name:
            stage.start(name)

    return kill


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


def frozen(name: str) -> Callable[[Stage, float], Story]:
    def freeze(stage: Stage, lasts: float) -> Story:
        stage.frozen.add(name)
        stage.site.signal(name, signal.SIGSTOP)
        yield lasts
        stage.site.signal(name, signal.SIGCONT)
        stage.frozen.discard(name)

    return freeze


def web_child_frozen(stage: Stage, lasts: float) -> Story:
    child = _web_child(stage)
    with suppress(psutil.NoSuchProcess):
        if child:
            child.suspend()
    yield lasts
    with suppress(psutil.NoSuchProcess):
        if child:
            child.resume()


def deployed(stage: Stage, lasts: float) -> Story:
    """Asked to end, one after the other, and started again: each must finish what it does."""
    for name in DEPLOYED:
        if name in stage.frozen or not stage.site.runs(name):
            continue
        stage.broken.add(name)
        stage.site.terminate(name)
        waited = 0.0
        while stage.site.runs(name) and stage.site.exit_status(name) is None:
            yield LOOK_AGAIN_S
            waited += LOOK_AGAIN_S
            if waited > STOPS_WITHIN_S:
                stage.wrong.append(f"{name} did not end within {STOPS_WITHIN_S:.0f} s")
                break
        if stage.site.runs(name):
            stage.site.kill(name)
        yield lasts
        stage.start(name)


def valkey_emptied(stage: Stage, lasts: float) -> Story:
    stage.broken.add("valkey")
    stage.kill("valkey")
    for part in stage.site.valkey_folder.iterdir():
        shutil.rmtree(part) if part.is_dir() else part.unlink()
    yield lasts
    stage.start("valkey")


def valkey_flushed(stage: Stage, lasts: float) -> Story:
    stage.look_into_valkey()
    with suppress(RedisError), stage.redis() as redis:
        redis.flushall()
    yield lasts


def valkey_full(stage: Stage, lasts: float) -> Story:
    with suppress(RedisError), stage.redis() as redis:
        redis.config_set("maxmemory", "1mb")
    yield lasts
    with suppress(RedisError), stage.redis() as redis:
        redis.config_set("maxmemory", "0")


def database_ended(number: signal.Signals) -> Callable[[Stage, float], Story]:
    def end(stage: Stage, lasts: float) -> Story:
        stage.database.signal(number)
        yield lasts
        stage.database.start()

    return end


def database_frozen(stage: Stage, lasts: float) -> Story:
    stage.database.freeze()
    yield lasts
    stage.database.thaw()


def database_full(stage: Stage, lasts: float) -> Story:
    if not stage.database.fill():
        raise NotPossible("there is no prlimit here")
    yield lasts


def skewed(seconds: int, *names: str) -> Callable[[Stage, float], Story]:
    """Processes whose clock is wrong beside others whose clock is right."""

    def skew(stage: Stage, lasts: float) -> Story:
        library = next(LIBRARIES.glob("**/libfaketime.so.1"), None)
        if library is None:
            raise NotPossible("there is no libfaketime here")
        wrong = {
            "LD_PRELOAD": str(library),
            "FAKETIME": f"{seconds:+d}s",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        for name in names:
            stage.kill(name)
            stage.start(name, **wrong)
        yield lasts
        for name in names:
            stage.kill(name)
            stage.start(name)

    return skew


def _web_child(stage: Stage) -> psutil.Process | None:
    """One of the processes that answer requests."""
    for pid in stage.site.children("web"):
        with suppress(psutil.NoSuchProcess):
            child = psutil.Process(pid)
            if "spawn_main" in " ".join(child.cmdline()):
                return child
    return None


STORIES: Mapping[str, Callable[[Stage, float], Story]] = {
    "kill web": killed("web"),
    "kill web parent": web_parent_killed,
    "kill web child": web_child_killed,
    "kill worker": killed("worker"),
    "kill worker-2": killed("worker-2"),
    "kill clock": killed("clock"),
    "kill before accept": killed_at_post("hold_before_accept"),
    "kill after accept": killed_at_post("hold_after_accept"),
    "carrier down": carrier_down,
    "freeze worker": frozen("worker"),
    "freeze worker past its lease": frozen("worker"),
    "freeze web child": web_child_frozen,
    "freeze clock": frozen("clock"),
    "deploy": deployed,
    "valkey killed": killed("valkey"),
    "valkey emptied": valkey_emptied,
    "valkey flushed": valkey_flushed,
    "valkey frozen": frozen("valkey"),
    "valkey full": valkey_full,
    "database stopped": database_ended(signal.SIGINT),
    "database stopped at once": database_ended(signal.SIGQUIT),
    "database killed": database_ended(signal.SIGKILL),
    "database frozen": database_frozen,
    "database full": database_full,
    "clock ahead": skewed(SKEW_S, "worker-2", "clock"),
    "clock behind": skewed(-SKEW_S, "worker-2", "web"),
}

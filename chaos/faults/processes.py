"""Our own processes: killed, also at the moment of a POST, frozen, deployed, with wrong clocks."""

import os
import signal
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from pathlib import Path

import psutil
from sqlalchemy.exc import SQLAlchemyError

from chaos.database import MARKS, NEW_TEXTS
from chaos.stage import LOOK_AGAIN_S, NotPossible, Stage, Story

HAPPENS_WITHIN_S = 3.0
# So many messages pass before it is given up to kill at the moment of one.
MOST_TRIES = 20
# As docs/architecture.md promises.
STOPS_WITHIN_S = 25.0
SKEW_S = 600
DEPLOYED = ("worker", "worker-2", "clock", "web")
LIBRARIES = Path("/usr/lib")


def killed(name: str) -> Callable[[Stage, float], Story]:
    """A program dies with all that it started."""

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
    stage.kills["web parent"] += 1
    yield lasts
    if stage.site.runs("web"):
        stage.site.kill("web")
    stage.start("web")


def web_child_killed(stage: Stage, lasts: float) -> Story:
    """One of two dies; its parent starts another."""
    if child := _web_child(stage):
        child.kill()
        stage.kills["web child"] += 1
    yield lasts


def killed_at_post(hold: str) -> Callable[[Stage, float], Story]:
    """The carrier has the request in its hand while its sender dies."""

    def kill(stage: Stage, lasts: float) -> Story:
        name = yield from stage.sender_held(hold)
        if name:
            stage.at_post += stage.kill(name)
        stage.let_go(hold)
        yield lasts
        if name:
            stage.start(name)

    return kill


def killed_before_it_marks(stage: Stage, lasts: float) -> Story:
    """The sender has its answer, and dies before that is committed."""
    for _ in range(MOST_TRIES):
        name = yield from stage.sender_held("hold_answer")
        died = (yield from _dies_before_it_marks(stage, name)) if name else True
        stage.let_go("hold_answer")
        if died:
            break
        yield LOOK_AGAIN_S
    yield lasts
    if name:
        stage.start(name)


def _dies_before_it_marks(stage: Stage, name: str) -> Generator[float, None, bool]:
    """Let go of the answer that is held, and kill whoever then waits to write it down."""
    # Where the database is broken as well, nothing can be written anyway.
    with suppress(SQLAlchemyError), stage.database.holding(MARKS) as somebody_waits:
        stage.let_go("hold_answer")
        if (yield from _until(somebody_waits)) and stage.kill(name):
            stage.at_post += 1
            return True
    return False


def web_killed_in_a_text(stage: Stage, lasts: float) -> Story:
    """It dies while it keeps a text and has not yet committed it."""
    with suppress(SQLAlchemyError), stage.database.holding(NEW_TEXTS) as somebody_waits:
        yield from _until(somebody_waits)
        stage.kill("web")
    yield lasts
    stage.start("web")


def _until(so: Callable[[], bool]) -> Generator[float, None, bool]:
    """Wait for something that should come soon; whether it came.

    By the clock, however long a look takes: what is held meanwhile holds up others.
    """
    until = time.monotonic() + HAPPENS_WITHIN_S
    while not so():
        if time.monotonic() > until:
            return False
        yield LOOK_AGAIN_S
    return True


def frozen(name: str) -> Callable[[Stage, float], Story]:
    """A program halts, and later goes on as if nothing had been."""

    def freeze(stage: Stage, lasts: float) -> Story:
        stage.frozen.add(name)
        stage.site.signal(name, signal.SIGSTOP)
        yield lasts
        stage.site.signal(name, signal.SIGCONT)
        stage.frozen.discard(name)

    return freeze


def web_child_frozen(stage: Stage, lasts: float) -> Story:
    """One of two halts, with the requests that it has taken."""
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
        if stage.site.runs(name) and name not in stage.frozen:
            stage.broken.add(name)
            yield from _ended_when_asked(stage, name)
            yield lasts
            stage.start(name)


def _ended_when_asked(stage: Stage, name: str) -> Story:
    """Other faults go on meanwhile: who is killed and started again was not asked to end."""
    asked = stage.site.terminate(name)
    waited = 0.0
    while stage.site.runs_as(name, asked) and asked.exit_status is None:
        if waited > STOPS_WITHIN_S:
            stage.wrong.append(f"{name} did not end within {STOPS_WITHIN_S:.0f} s")
            break
        yield LOOK_AGAIN_S
        waited += LOOK_AGAIN_S
    if stage.site.runs_as(name, asked):
        stage.site.kill(name)


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

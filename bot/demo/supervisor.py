"""Keeps programs together: up in order, down in reverse, and down all at once when one ends."""

import contextlib
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Self

from bot.errors import HenjiError
from bot.processes import Process, Program

READY_WITHIN_S = 60.0
LOOK_AGAIN_S = 0.05
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class PartFailed(HenjiError):
    """A part ended by itself or never became ready; `last_words` is the end of its log."""

    def __init__(self, process: Process, what: str) -> None:
        super().__init__(f"{process.program.name} {what}; its log is {process.log}.")
        self.last_words = process.last_words()


class StopAsked(Exception):
    """Somebody asked for a stop before everything was ready."""


class Supervisor(contextlib.AbstractContextManager["Supervisor"]):
    """Use as a context: at its end everything started in it has ended, the newest first.

    From its start to its end it answers SIGINT, SIGTERM, SIGHUP (unless ignored) and SIGCHLD,
    so there is one at a time, and it lives in the main thread.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._processes: list[Process] = []
        self._stop_asked = False
        # The one queue that a signal handler may put into while the same thread waits for it.
        self._bell: SimpleQueue[int] = SimpleQueue()

    def __enter__(self) -> Self:
        """Listen from now on."""
        for number in STOP_SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._hear)
        signal.signal(signal.SIGCHLD, self._hear)
        return self

    def _hear(self, number: int, _: FrameType | None) -> None:
        self._stop_asked = self._stop_asked or number != signal.SIGCHLD
        self._bell.put(number)

    def __exit__(self, *_: object) -> None:
        """Stop what was started; asking again while this lasts changes nothing."""
        while self._processes:
            self._processes.pop().stop()

    def start(self, program: Program, environment: Mapping[str, str]) -> None:
        """Start a program without waiting for it."""
        log = self._logs / f"{program.name}.log"
        self._processes.append(Process(program, environment, log))

    def wait_until_ready(self) -> None:
        """Wait for everything started so far; raises PartFailed or StopAsked."""
        deadline = time.monotonic() + READY_WITHIN_S
        for process in self._processes:
            while not self._is_ready(process, time.monotonic() < deadline):
                self._wait(LOOK_AGAIN_S)

    def _is_ready(self, process: Process, in_time: bool) -> bool:
        self._check()
        if process.program.is_ready():
            return True
        if not in_time:
            raise PartFailed(process, f"was not ready after {READY_WITHIN_S:.0f} s")
        return False

    def watch(self) -> None:
        """Return when a stop is asked; raises PartFailed when a part ended by itself."""
        with contextlib.suppress(StopAsked):
            while True:
                self._check()
                self._wait(None)

    def _check(self) -> None:
        if self._stop_asked:
            raise StopAsked
        for process in self._processes:
            if (status := process.exit_status) is not None:
                raise PartFailed(process, f"ended by itself (exit status {status})")

    def _wait(self, seconds: float | None) -> None:
        with contextlib.suppress(Empty):
            self._bell.get(timeout=seconds)

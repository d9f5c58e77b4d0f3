"""One program at work: started in a session of its own, ended with everything that it started."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.settings import ROOT

TAIL_LINES = 15
_PR_SET_PDEATHSIG = 1
# Loaded before any fork: a forked child should do as little as possible.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Program:
    """What to run and in which folder, how one sees that it is ready, and how many seconds it may
    take to stop."""

    name: str
    command: tuple[str, ...]
    is_ready: Callable[[], bool] = _always
    stops_within: float = 5.0
    folder: Path = ROOT


class Process:
    """A program at work. Its output goes to a log file, never to the terminal."""

    def __init__(self, program: Program, environment: Mapping[str, str], log: Path) -> None:
        """Start it; `environment` comes on top of our own."""
        self.program = program
        self.log = log
        with log.open("wb") as output:
            self._popen = subprocess.Popen(
                program.command,
                cwd=program.folder,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - nothing else runs threads here
            )

    @property
    def pid(self) -> int:
        """Its process id, which is also the id of its group and session."""
        return self._popen.pid

    @property
    def exit_status(self) -> int | None:
        """None while it runs, then its exit status, or minus the signal that ended it."""
        return self._popen.poll()

    def stop(self) -> None:
        """Ask it to end; when its time is over, and for what it left behind, end it by force."""
        self._popen.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(self.program.stops_within)
        self.kill()

    def kill(self) -> None:
        """End it and all that it started at once, as a power cut would."""
        # An empty group is no error; macOS answers for one of zombies that it may not be touched.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()

    def last_words(self) -> str:
        """The end of its log."""
        lines = self.log.read_text("utf-8", "replace").splitlines()
        return "\n".join(lines[-TAIL_LINES:])


def die_with_parent() -> None:
    """On Linux, have this process asked to end when the one that started it is gone."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

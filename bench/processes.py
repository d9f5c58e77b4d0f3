"""Programs of a benchmark: run while a block runs, and what they take of the processor."""

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from bot.processes import Process, Program

# Longer than it takes on the busiest machine: who waits in vain is told so, and nobody else waits.
READY_WITHIN_S = 180
LOOK_AGAIN_S = 0.05


@contextmanager
def running(program: Program, environment: Mapping[str, str], place: Path) -> Iterator[int]:
    """Run a program while the block runs, its log in `place`; gives its process id once ready.

    Raises TimeoutError when it is not ready in time, RuntimeError with its last words if it ends.
    """
    process = Process(program, environment, place / f"{program.name}.log")
    try:
        wait_for(lambda: _is_ready(process), program.name)
        yield process.pid
    finally:
        process.stop()


def _is_ready(process: Process) -> bool:
    if process.exit_status is not None:
        raise RuntimeError(f"{process.program.name} ended:\n{process.last_words()}")
    return process.program.is_ready()


def wait_for(condition: Callable[[], bool], what: str, seconds: float = READY_WITHIN_S) -> None:
    """Wait until something is so; TimeoutError, naming it, when it is not in time."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError(f"Waited {seconds:.0f} s in vain for {what}.")
        time.sleep(LOOK_AGAIN_S)


def free_port() -> int:
    """A local port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def cpu_seconds(pid: int) -> float:
    """The CPU time that a process and all its descendants have used, user and system."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        return sum(map(_cpu_of, [process, *process.children(recursive=True)]))
    return 0.0


def _cpu_of(process: psutil.Process) -> float:
    """The process's own time and that of the children it has already buried."""
    with suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return float(times.user + times.system + times.children_user + times.children_system)
    return 0.0


def cpu_seconds_of_machine() -> float:
    """The CPU time that everything on this machine has used since it started."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0))

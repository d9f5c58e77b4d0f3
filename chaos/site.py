"""Henji as it runs in production: its processes, each of which can be killed, frozen or stopped."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
from sqlalchemy import Engine, func, select

from bench.processes import free_port, wait_for
from bot.demo import parts
from bot.demo.environment import environment_of
from bot.demo.state import Ports, State
from bot.messaging.sending.heads import OPEN
from bot.processes import Process, Program
from bot.store.session import connect
from bot.store.tables import inbound_messages, outbound_messages
from handset.client import Handset

SENDING = ("worker", "worker-2", "clock")
OURS = (*SENDING, "web")
EVERYTHING = ("valkey", "handset", *OURS)


class Site:
    """Programs by name, on a migrated database and a Valkey on a socket of their own.

    `settings` are those that differ from the demo's. Where `older` is given, a folder with an older
    version of this repository, each program of ours is started from there every other time.
    """

    def __init__(
        self,
        folder: Path,
        database_url: str,
        valkey: Path,
        older: Path | None = None,
        **settings: str,
    ) -> None:
        self.ports = Ports(free_port(), free_port())
        self.folder = folder
        self.older = older
        self._state = State(folder)
        self._state.make_folders()
        self._programs = {program.name: program for program in self._all_programs(valkey)}
        self._processes: dict[str, Process] = {}
        self._starts: Counter[str] = Counter()
        self._started: dict[str, float] = {}
        self.valkey_url = f"unix://{valkey}"
        self.environment: Mapping[str, str] = {
            **environment_of(self._state, self.ports, valkey),
            "DATABASE_URL": database_url,
            **settings,
        }
        self.handset = Handset(f"http://{parts.HOST}:{self.ports.phone}")
        self.engine: Engine = connect(database_url)

    def _all_programs(self, valkey: Path) -> Iterator[Program]:
        yield parts.valkey(self._state.valkey, valkey)
        yield parts.handset(self.ports.phone)
        yield parts.clock()
        yield parts.worker(valkey)
        yield replace(parts.worker(valkey), name="worker-2")
        yield _web(self.ports.bot)

    @property
    def valkey_folder(self) -> Path:
        """Where Valkey keeps what it was told."""
        return self._state.valkey

    def logs(self) -> list[Path]:
        """The log of every start of every program."""
        return sorted(self._state.logs.glob("*.log"))

    def start(self, *names: str, **more: str) -> None:
        """Start programs, each with a log of its own, without waiting for them; `more` joins
        their environment. What runs already goes on."""
        for name in names:
            if name in self._processes:
                continue
            self._starts[name] += 1
            self._started[name] = time.time()
            log = self._state.logs / f"{name}.{self._starts[name]}.log"
            environment = {**self.environment, **more}
            self._processes[name] = Process(self._program(name), environment, log)

    def _program(self, name: str) -> Program:
        """The one to start now; both versions are at work from the beginning."""
        program = self._programs[name]
        if self.older and name in OURS and self._starts[name] % 2 == OURS.index(name) % 2:
            return replace(program, folder=self.older)
        return program

    def up(self, *names: str) -> None:
        """Start programs and wait until everything that runs is ready."""
        self.start(*names)
        wait_for(lambda: all(self._is_ready(name) for name in self._processes), "everything")

    def _is_ready(self, name: str) -> bool:
        process = self._processes[name]
        assert process.exit_status is None, f"{name} ended: {process.last_words()}"
        return process.program.is_ready()

    def runs(self, name: str) -> bool:
        """Whether a program was started and not ended by us."""
        return name in self._processes

    def started(self, name: str) -> float:
        """When a program was last started, in Unix seconds."""
        return self._started[name]

    def pid(self, name: str) -> int:
        """The process id of a program that runs."""
        return self._processes[name].pid

    def children(self, name: str) -> list[int]:
        """The process ids of what a program that runs has started."""
        with suppress(psutil.NoSuchProcess, KeyError):
            return [child.pid for child in psutil.Process(self.pid(name)).children()]
        return []

    def kill(self, name: str) -> None:
        """End a program as a power cut would."""
        self._processes.pop(name).kill()

    def terminate(self, name: str) -> Process:
        """Ask a program that runs to end, and do not wait for it; the process that was asked."""
        asked = self._processes[name]
        with suppress(ProcessLookupError):
            os.kill(asked.pid, signal.SIGTERM)
        return asked

    def runs_as(self, name: str, process: Process) -> bool:
        """Whether a program was not ended by us, or started anew, since it was this process."""
        return self._processes.get(name) is process

    def stop(self, name: str) -> int | None:
        """Ask a program to end, and return its exit status."""
        process = self._processes.pop(name)
        process.stop()
        return process.exit_status

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a program and all that it started."""
        with suppress(ProcessLookupError, KeyError):
            os.killpg(self.pid(name), number)

    def ended(self, besides: Set[str] = frozenset()) -> Iterator[tuple[str, str]]:
        """The programs that ended by themselves since the last look, with their last words."""
        for name, process in list(self._processes.items()):
            if name not in besides and process.exit_status is not None:
                self.kill(name)
                yield name, process.last_words()

    def close(self) -> None:
        """End everything."""
        for name in reversed(list(self._processes)):
            self.kill(name)
        self.engine.dispose()

    def is_settled(self) -> bool:
        """Whether every text is answered and no answer is under way."""
        waiting = select(func.count()).where(inbound_messages.c.status == "waiting")
        open_ = select(func.count()).where(outbound_messages.c.status.in_(OPEN))
        with self.engine.connect() as connection:
            return not connection.scalar(waiting) and not connection.scalar(open_)

    def kept(self) -> int:
        """How many texts are kept of senders that can be answered."""
        kept = select(func.count()).where(inbound_messages.c.status != "ignored")
        with self.engine.connect() as connection:
            return connection.scalar(kept) or 0


def _web(port: int) -> Program:
    """As in the Procfile: two workers, started again when one dies."""
    web = parts.web(port)
    options = ("--workers", "2", "--respawn-failed-workers")
    return replace(web, command=(*web.command[:-1], *options, web.command[-1]))

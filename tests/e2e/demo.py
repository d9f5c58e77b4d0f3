"""`henji demo` as somebody runs it in a terminal, and a look at what processes it has."""

import itertools
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.settings import ROOT
from tests.e2e.phone import Handset
from tests.e2e.waiting import until

STARTS_WITHIN_S = 60
STOPS_WITHIN_S = 20
_terminals = itertools.count(1)


@dataclass(frozen=True)
class Running:
    """One line of the system's list of processes."""

    pid: int
    parent: int
    state: str
    command: str


def everything_running() -> list[Running]:
    """All processes of this machine that live."""
    columns = ["ps", "-A", "-o", "pid=,ppid=,state=,args="]
    listed = subprocess.run(columns, capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=3) for line in listed.splitlines()]
    found = [Running(int(row[0]), int(row[1]), row[2], row[3]) for row in rows if len(row) == 4]
    return [process for process in found if not process.state.startswith("Z")]


class Demo:
    """A demo started in a folder."""

    def __init__(self, folder: Path, *options: str, **environment: str) -> None:
        command = [sys.executable, "-m", "bot.cli", "demo", "--folder", str(folder), *options]
        self._folder = folder
        self._output = folder.with_name(f"terminal-{next(_terminals)}.txt")
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        """What it wrote to the terminal so far."""
        return self._output.read_text("utf-8")

    def address(self) -> str:
        """The address it tells to open, once it is up."""
        found = until(
            lambda: self._ended() or re.search(r"http://\S+/", self.said()), STARTS_WITHIN_S
        )
        assert isinstance(found, re.Match), self.said()
        return found[0].rstrip("/")

    def pages(self) -> str:
        """Where the bot itself answers."""
        ports = json.loads((self._folder / "demo_ports.json").read_text())
        return f"http://127.0.0.1:{ports['bot']}"

    def database_url(self) -> str:
        """Where it keeps everything."""
        return f"sqlite:///{self._folder / 'henji.sqlite'}"

    def _ended(self) -> bool:
        return self.process.poll() is not None

    def handset(self) -> Handset:
        """Its handset, once it is up."""
        return Handset(self.address())

    def family(self) -> list[Running]:
        """All that it started, and what those started."""
        everything, found = everything_running(), {self.process.pid}
        while more := {each.pid for each in everything if each.parent in found} - found:
            found |= more
        return [each for each in everything if each.pid in found - {self.process.pid}]

    def ends(self, number: signal.Signals | None = None) -> int:
        """Its exit status, after a signal to it alone if one is given."""
        if number is not None:
            os.kill(self.process.pid, number)
        return self.process.wait(STOPS_WITHIN_S)

    def kill(self) -> None:
        """Make sure that a failed test leaves nothing behind."""
        if not self._ended():
            self.ends(signal.SIGTERM)


def gone(family: list[Running]) -> bool:
    """Whether none of these processes lives any more."""
    return not {each.pid for each in family} & {each.pid for each in everything_running()}

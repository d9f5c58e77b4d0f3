"""What the faults act on: the site, its database, and who is being broken at the moment."""

from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psutil
import requests
from redis import Redis
from redis.exceptions import RedisError

from chaos import leaks
from chaos.database import Database
from chaos.site import SENDING, Site

Story = Iterator[float]
LOOK_AGAIN_S = 0.05


class NotPossible(Exception):
    """A fault cannot be brought about on this machine; the message says why."""


@dataclass
class Stage:
    """The running site of one run.

    `broken` are the programs that some fault has ended, `frozen` those that it has halted. `wrong`
    collects what faults noticed, in words; `kills` counts what was killed, by name, and `at_post`
    how often that was at the moment of a POST. `started_within` is how many seconds everything took
    to start at first. `more_comes` tells whether anything is still to be sent, by people or by us.
    """

    site: Site
    database: Database
    refused: dict[str, int]
    secrets: leaks.Secrets
    broken: set[str] = field(default_factory=set)
    frozen: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    at_post: int = 0
    started_within: float = 0.0
    more_comes: Callable[[], bool] = lambda: True

    def ask(self, **wishes: Any) -> bool:
        """Switch faults of the carrier; False while it is away."""
        try:
            self.site.handset.faults(**wishes)
        except requests.RequestException:
            return False
        return True

    def redis(self) -> Redis:
        """A client of the site's Valkey that does not wait for long."""
        return Redis.from_url(self.site.valkey_url, socket_timeout=1)

    def kill(self, name: str) -> bool:
        """Kill a program with all that it started; False where it does not run."""
        if not self.site.runs(name):
            return False
        self.site.kill(name)
        self.kills[name] += 1
        return True

    def start(self, name: str, **more: str) -> None:
        """Start a program that a fault has ended."""
        self.broken.discard(name)
        self.site.start(name, **more)

    def sender_held(self, hold: str) -> Generator[float, None, str | None]:
        """Let the carrier hold the next request by this fault; the program whose it is.

        However slow the machine is, that comes as long as there is something to send; None where
        nothing more is.
        """
        asked = False
        while self.more_comes():
            asked = asked or self.ask(**{hold: {"next": 1}})
            held = self._held(hold)
            if held and (name := self._sender_at(held[0])):
                return name
            if held:
                # Another fault killed who asked for it: not at this moment.
                self.let_go(hold)
            # A carrier that was away has forgotten what it was asked.
            asked = asked and held == []
            yield LOOK_AGAIN_S
        return None

    def _held(self, hold: str) -> list[int] | None:
        """The ports of what is held; None while the carrier is away."""
        with suppress(requests.RequestException):
            return self.site.handset.held(hold)
        return None

    def _sender_at(self, port: int) -> str | None:
        """The program that talks to the carrier from a port."""
        return next((name for name in SENDING if port in self._ports(name)), None)

    def _ports(self, name: str) -> set[int]:
        if not self.site.runs(name):
            return set()
        try:
            process = psutil.Process(self.site.pid(name))
            return {one.laddr.port for one in process.net_connections("tcp") if one.laddr}
        except psutil.Error:
            return set()

    def let_go(self, hold: str) -> None:
        """Hold nothing more by this fault, and let go of what it holds."""
        self.ask(**{hold: {"next": 0}})
        with suppress(requests.RequestException):
            self.site.handset.release(hold)

    def look_into_valkey(self) -> None:
        """Note personal data that lies in Valkey now."""
        try:
            with self.redis() as redis:
                self.wrong += leaks.in_valkey(redis, self.secrets)
        except RedisError:
            return

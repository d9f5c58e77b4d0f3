"""Henji as it runs in production: web, worker and clock, between a carrier and a client."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import insert

from bench import texts
from bench.processes import free_port, running
from bot.demo import parts
from bot.processes import Program
from bot.runtime import Runtime
from bot.store.tables import accounts

GRANIAN = ("granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "32")


@dataclass(frozen=True)
class Site:
    """Where everything of one benchmark lives; its programs log into `place`.

    `more` are settings beside those that every benchmark has.
    """

    place: Path
    database_url: str
    redis_url: str
    port: int
    carrier_port: int
    more: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def at(cls, place: Path, database_url: str, redis_url: str) -> "Site":
        """A site on two free ports."""
        return cls(place, database_url, redis_url, free_port(), free_port())

    @property
    def public_url(self) -> str:
        """What the webhooks are signed for."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> Mapping[str, str]:
        """The settings of Henji's processes."""
        return {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "SECRET_KEY": "a secret of the benchmark only",
            "PUBLIC_URL": self.public_url,
            "TWILIO_ACCOUNT_SID": texts.ACCOUNT,
            "TWILIO_AUTH_TOKEN": texts.TOKEN,
            "TWILIO_API_BASE": f"http://127.0.0.1:{self.carrier_port}",
            "HENJI_SENDER": texts.OURS,
            "HENJI_BRAND": "例示商会",
            "HENJI_SUPPORT_PHONE": "0120-000-000",
            **self.more,
        }

    def web(self) -> AbstractContextManager[int]:
        """Henji's web processes."""
        return self._run(_granian("web", "wsgi:app", self.port, "/readyz"))

    @contextmanager
    def bare(self) -> Iterator[int]:
        """The bare route on the same server settings; gives its port."""
        port = free_port()
        with self._run(_granian("bare", "bench.bare:app", port, "/healthz")):
            yield port

    def carrier(self, latency: float, callbacks: bool) -> AbstractContextManager[int]:
        """The carrier; a REST call takes `latency` seconds."""
        command = [sys.executable, "-m", "bench.carrier", str(self.carrier_port)]
        command += [f"--latency={latency}", *(["--callbacks"] if callbacks else [])]
        answers = partial(parts.answers, self.carrier_port, "/count")
        return self._run(Program("carrier", tuple(command), answers))

    def worker(self) -> AbstractContextManager[int]:
        """The process that sends."""
        return self._run(parts.worker(Path(self.redis_url.removeprefix("unix://"))))

    def clock(self) -> AbstractContextManager[int]:
        """The process that sweeps."""
        return self._run(parts.clock())

    def _run(self, program: Program) -> AbstractContextManager[int]:
        return running(program, self.environment, self.place)


def _granian(name: str, app: str, port: int, ready: str) -> Program:
    where = ("--host", parts.HOST, "--port", str(port), "--no-access-log")
    command = (*parts.PYTHON, *GRANIAN, *where, app)
    return Program(name, command, partial(parts.answers, port, ready))


def register_customers(runtime: Runtime) -> None:
    """Give every number of the benchmark an account, so that a balance question has an answer."""
    same = {
        "customer_number": runtime.vault.seal("10001234"),
        "name": runtime.vault.seal("山田 花子"),
        "due_minor": 12_800,
        "currency": "JPY",
    }
    rows = [
        {**same, "number": texts.number(index), "customer_number_index": f"{index:064x}"}
        for index in range(texts.MOST_NUMBERS)
    ]
    with runtime.engine.begin() as connection:
        connection.execute(insert(accounts), rows)
        connection.exec_driver_sql("ANALYZE accounts")

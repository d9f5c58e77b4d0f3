"""Henji as it runs in production: its processes on a PostgreSQL, each of which can be killed."""

import socket
from collections.abc import Mapping
from pathlib import Path

import requests
from sqlalchemy import Engine, func, select
from werkzeug.datastructures import MultiDict

from bot.billing.customer_file import CustomerFile
from bot.billing.customers import import_file
from bot.demo import parts
from bot.demo.environment import CUSTOMERS, environment_of
from bot.demo.state import Ports, State
from bot.messaging.sending.heads import OPEN
from bot.processes import Process
from bot.store.crypto import Vault
from bot.store.session import connect
from bot.store.tables import inbound_messages, outbound_messages
from tests.e2e.phone import TIMEOUT_S, Handset
from tests.e2e.waiting import until
from webhooks.signature import signature

EVERYTHING = ("valkey", "handset", "clock", "worker", "web")


class Site:
    """The processes of one test; `socket` is where its Valkey listens."""

    def __init__(self, folder: Path, database_url: str, valkey: Path) -> None:
        self.ports = ports = Ports(free_port(), free_port())
        state = State(folder)
        state.make_folders()
        self._logs = state.logs
        self._programs = {
            program.name: program
            for program in (
                parts.valkey(state.valkey, valkey),
                parts.handset(ports.phone),
                parts.clock(),
                parts.worker(valkey),
                parts.web(ports.bot),
            )
        }
        self._processes: dict[str, Process] = {}
        self.environment: Mapping[str, str] = {
            **environment_of(state, ports, valkey),
            "DATABASE_URL": database_url,
        }
        self.handset = Handset(f"http://{parts.HOST}:{ports.phone}")
        self.engine: Engine = connect(database_url)

    def seed(self) -> None:
        """Register the sample's customers."""
        vault = Vault(self.environment["SECRET_KEY"])
        import_file(self.engine, vault, CustomerFile.open(CUSTOMERS))

    def start(self, *names: str) -> None:
        """Start programs without waiting for them."""
        for name in names:
            log = self._logs / f"{name}.log"
            self._processes[name] = Process(self._programs[name], self.environment, log)

    def _is_ready(self, name: str) -> bool:
        process = self._processes[name]
        assert process.exit_status is None, f"{name} ended: {process.last_words()}"
        return process.program.is_ready()

    def up(self, *names: str) -> None:
        """Start programs and wait until everything that runs is ready."""
        self.start(*names)
        until(lambda: all(self._is_ready(name) for name in self._processes))

    def kill(self, name: str) -> None:
        """End a program as a power cut would."""
        self._processes.pop(name).kill()

    def stop(self, name: str) -> int | None:
        """Ask a program to end, and return its exit status."""
        process = self._processes.pop(name)
        process.stop()
        return process.exit_status

    def close(self) -> None:
        """End everything."""
        for name in reversed(list(self._processes)):
            self.kill(name)
        self.engine.dispose()

    def deliver(self, sid: str, number: str, body: str) -> int:
        """Bring a text to the bot as the carrier would; the status of the bot's answer."""
        url = f"{self.environment['PUBLIC_URL']}/webhooks/twilio/messages"
        form = {
            "AccountSid": self.environment["TWILIO_ACCOUNT_SID"],
            "MessageSid": sid,
            "From": number,
            "To": self.environment["HENJI_SENDER"],
            "Body": body,
        }
        signed = signature(url, MultiDict(form), self.environment["TWILIO_AUTH_TOKEN"])
        headers = {"X-Twilio-Signature": signed}
        return requests.post(url, data=form, headers=headers, timeout=TIMEOUT_S).status_code

    def statuses(self) -> list[str]:
        """Where each message to a person stands, oldest first."""
        query = select(outbound_messages.c.status).order_by(outbound_messages.c.id)
        with self.engine.connect() as connection:
            return list(connection.scalars(query))

    def is_settled(self) -> bool:
        """Whether every text is answered and no answer is under way."""
        waiting = select(func.count()).where(inbound_messages.c.status == "waiting")
        open_ = select(func.count()).where(outbound_messages.c.status.in_(OPEN))
        with self.engine.connect() as connection:
            return not connection.scalar(waiting) and not connection.scalar(open_)


def free_port() -> int:
    """A local port that nothing listens on."""
    with socket.create_server((parts.HOST, 0)) as probe:
        return int(probe.getsockname()[1])

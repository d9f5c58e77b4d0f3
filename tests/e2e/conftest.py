"""Sites for the tests of this folder: real processes, a database and a Valkey of their own."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.servers import folder as temporary_folder
from chaos import database
from chaos.database import Database
from tests import databases
from tests.e2e.site import EVERYTHING, Site

_sites = itertools.count(1)


@contextmanager
def _site(folder: Path, database_url: str) -> Iterator[Site]:
    number = next(_sites)
    place = folder / f"site-{number}"
    place.mkdir()
    site = Site(place, database_url, folder / f"site-{number}.sock")
    try:
        yield site
    finally:
        site.close()


@pytest.fixture
def site(folder: Path, postgres_url: str) -> Iterator[Site]:
    """A site of which nothing runs yet."""
    with _site(folder, databases.take(postgres_url)) as site:
        yield site


@pytest.fixture
def running(site: Site) -> Site:
    """A site with everything running, to be broken."""
    site.up(*EVERYTHING)
    return site


@pytest.fixture
def postgresql() -> Iterator[Database]:
    """A server of this test's own, to be broken."""
    with temporary_folder() as place, database.running(place / "postgresql") as server:
        yield server


@pytest.fixture
def breakable(folder: Path, postgresql: Database) -> Iterator[Site]:
    """A site with everything running on that server."""
    with _site(folder, postgresql.url) as site:
        site.up(*EVERYTHING)
        yield site


@pytest.fixture(scope="module")
def shared(folder: Path, postgres_url: str) -> Iterator[Site]:
    """A site with everything running and the sample's customers, for all tests of a file."""
    with _site(folder, databases.take(postgres_url)) as site:
        site.seed()
        site.up(*EVERYTHING)
        yield site

"""A company's system that calls the API."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import build_runtime, register_sender
from bot.runtime import Runtime
from bot.settings import load
from tests.api.calling import Calling
from tests.carrier import Carrier
from tests.conftest import ENVIRONMENT


@pytest.fixture
def calling(runtime: Runtime) -> Calling:
    """The system `crm`, with a key and an address that it is taken from."""
    return Calling.at(runtime)


@pytest.fixture(scope="module")
def refusing(
    valkey_url: str, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Calling]:
    """The same, on one database for all that is refused: it changes nothing."""
    own = shutil.copy(sqlite_template, tmp_path_factory.mktemp("api"))
    environment = {**ENVIRONMENT, "DATABASE_URL": f"sqlite:///{own}", "REDIS_URL": valkey_url}
    runtime = replace(build_runtime(load(environment=environment)), provider=Carrier())
    register_sender(runtime)
    yield Calling.at(runtime)
    runtime.redis.close()
    runtime.engine.dispose()

"""A company with a console, on SQLite unless a test asks for PostgreSQL."""

import pytest

from bot.runtime import Runtime
from tests.console.working import Working


@pytest.fixture
def working(runtime: Runtime) -> Working:
    """Nobody is employed yet."""
    return Working.at(runtime)

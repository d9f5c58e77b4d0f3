"""A house that is examined, and the troubles that are found."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from bot.store.lock import only_one


@pytest.fixture
def healthy(environment: dict[str, str]) -> dict[str, str]:
    """An environment in which nothing is left to be set."""
    return {**environment, "HENJI_LEGAL_NAME": "例示商会株式会社"}


@pytest.fixture
def clock(engine: Engine) -> Iterator[None]:
    """A clock that runs, as far as others can tell."""
    with only_one(engine, "clock") as mine:
        assert mine()
        yield

"""The people of the pages: who pays, who looks up a number, who joins and stops."""

import pytest

from bot.runtime import Runtime
from tests.pages.announcing import Announcing
from tests.pages.opting import Opting
from tests.paying import Paying


@pytest.fixture
def paying(runtime: Runtime) -> Paying:
    """Hanako, who owes 12,800 yen and whose customer number ends in 1234, with her link."""
    paying = Paying.at(runtime)
    paying.is_customer()
    paying.gets_link()
    return paying


@pytest.fixture
def announcing(runtime: Runtime) -> Announcing:
    """The page of a company with one sender."""
    return Announcing.at(runtime)


@pytest.fixture
def opting(runtime: Runtime) -> Opting:
    """Hanako with her phone and a browser."""
    return Opting.at(runtime)

"""An editor's desk, for the stories about scripts in the console."""

import pytest

from tests.console.scripts.desk import Desk
from tests.console.working import Working


@pytest.fixture
def desk(working: Working) -> Desk:
    return Desk(working)

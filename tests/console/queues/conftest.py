"""A desk at which the queues are read and decided."""

import pytest

from tests.carrier import Carrier
from tests.console.queues.desk import Desk
from tests.console.working import Browser, Working
from tests.people import Texting


@pytest.fixture
def desk(working: Working, texting: Texting, carrier: Carrier) -> Desk:
    return Desk(working, texting, carrier)


@pytest.fixture
def jiro(working: Working) -> Browser:
    return working.employs("Jiro")

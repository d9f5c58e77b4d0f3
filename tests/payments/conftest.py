"""A customer with a payment link and a gateway to pay through."""

import pytest

from bot.compliance import countries
from bot.runtime import Runtime
from tests.messaging.campaign import DAY
from tests.paying import Paying


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is day everywhere, unless a test says otherwise."""
    monkeypatch.setattr(countries, "shipped", lambda: DAY)


@pytest.fixture
def paying(runtime: Runtime) -> Paying:
    """Hanako, who owes 12,800 yen and whose customer number ends in 1234, with her link."""
    paying = Paying.at(runtime)
    paying.is_customer()
    paying.gets_link()
    return paying

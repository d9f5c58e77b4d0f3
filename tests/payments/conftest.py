"""A customer with a payment link and a gateway to pay through."""

import pytest

from bot.runtime import Runtime
from tests.paying import Paying


@pytest.fixture
def paying(runtime: Runtime) -> Paying:
    """Hanako, who owes 12,800 yen and whose customer number ends in 1234, with her link."""
    paying = Paying.at(runtime)
    paying.is_customer()
    paying.gets_link()
    return paying

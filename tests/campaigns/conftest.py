"""A crowd of customers, by day."""

import pytest

from bot.compliance import countries
from tests.campaigns.crowd import Crowd
from tests.messaging.campaign import DAY
from tests.people import Texting


@pytest.fixture
def crowd(texting: Texting, monkeypatch: pytest.MonkeyPatch) -> Crowd:
    """Nobody yet; it is day everywhere."""
    monkeypatch.setattr(countries, "shipped", lambda: DAY)
    return Crowd(texting)

"""The three gateways, each behind its real client, answered by its stand-in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.compliance import countries
from tests.gateways.stand import Stand
from tests.gateways.stands import STANDS, standing
from tests.messaging.campaign import DAY


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is day everywhere: what a gateway did by itself is not told at night."""
    monkeypatch.setattr(countries, "shipped", lambda: DAY)


@pytest.fixture(params=STANDS)
def stand(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stand]:
    """One gateway after the other."""
    with standing(request.param, tmp_path) as made:
        yield made

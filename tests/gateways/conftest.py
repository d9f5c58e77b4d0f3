"""The three gateways, each behind its real client, answered by its stand-in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateways.stand import Stand
from tests.gateways.stands import STANDS, standing


@pytest.fixture(params=STANDS)
def stand(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stand]:
    """One gateway after the other."""
    with standing(request.param, tmp_path) as made:
        yield made

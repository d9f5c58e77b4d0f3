"""Henji's webhook against a bare Flask route: the most texts a second of each, taken by turns."""

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench import load, texts
from bench.site import Site

CONNECTIONS = 64
ROUNDS = 4


@dataclass(frozen=True)
class Ratio:
    """Texts a second of both, each in its best round: what else the machine does only slows."""

    henji: float
    bare: float

    @property
    def ratio(self) -> float:
        """Henji's share of what the bare route does."""
        return self.henji / self.bare


def run(site: Site, bare_port: int, indices: Sequence[int], seconds: float) -> Ratio:
    """Measure both in turn, so that neither has the quieter machine to itself."""
    requests = [texts.text(site.public_url, index) for index in indices]
    new, any_of_them = iter(requests), itertools.cycle(requests)
    rounds = [
        (_most(site.port, new, seconds), _most(bare_port, any_of_them, seconds))
        for _ in range(ROUNDS)
    ]
    return Ratio(max(henji for henji, _ in rounds), max(bare for _, bare in rounds))


def _most(port: int, requests: Iterator[bytes], seconds: float) -> float:
    return asyncio.run(load.at_most(port, requests, CONNECTIONS, seconds))

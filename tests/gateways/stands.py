"""The three gateways' stand-ins by name."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import responses

from tests.gateways.handset_gateway import HandsetGateway
from tests.gateways.komoju_merchant import KomojuMerchant
from tests.gateways.stand import Stand
from tests.gateways.stripe_account import StripeAccount

STANDS: Mapping[str, Callable[[Path], Stand]] = {
    "local": lambda folder: HandsetGateway(folder=folder),
    "stripe": lambda _: StripeAccount(),
    "komoju": lambda _: KomojuMerchant(),
}


@contextmanager
def standing(name: str, folder: Path) -> Iterator[Stand]:
    """One of them, answering every request over HTTP meanwhile."""
    made = STANDS[name](folder)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        made.serve(wire)
        yield made

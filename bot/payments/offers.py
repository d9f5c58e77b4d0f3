"""Through which gateways, and by which ways to pay, an amount can be paid."""

from collections.abc import Mapping

from bot.payments.gateways import OrdersAtStores
from bot.runtime import Runtime
from bot.setting_types import PaymentMethod
from bot.text.format import Money


def offered(runtime: Runtime, amount: Money) -> Mapping[str, tuple[PaymentMethod, ...]]:
    """The ways to pay an amount, by gateway; each way through the first gateway that has it."""
    named = runtime.settings.gateways_named or tuple(runtime.gateways)
    ways: dict[str, tuple[PaymentMethod, ...]] = {}
    taken: set[PaymentMethod] = set()
    for name in filter(runtime.gateways.__contains__, named):
        methods = runtime.gateways[name].methods(amount)
        if own := tuple(method for method in methods if method not in taken):
            ways[name] = own
            taken.update(own)
    return ways


def at_store(runtime: Runtime, amount: Money) -> OrdersAtStores | None:
    """The gateway that gives a number for a store without a page; None where there is none."""
    for name, methods in offered(runtime, amount).items():
        gateway = runtime.gateways[name]
        if PaymentMethod.KONBINI in methods and isinstance(gateway, OrdersAtStores):
            return gateway
    return None


def choose(runtime: Runtime, amount: Money, wished: str | None) -> str | None:
    """The gateway that was wished for, else the first; None where there is none."""
    found = offered(runtime, amount)
    return wished if wished in found else next(iter(found), None)

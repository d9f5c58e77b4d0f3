"""Through which gateways, and by which ways to pay, an amount can be paid."""

from collections.abc import Mapping

from bot.runtime import Runtime
from bot.settings import PaymentMethod
from bot.text.format import Money


def offered(runtime: Runtime, amount: Money) -> Mapping[str, tuple[PaymentMethod, ...]]:
    """The ways to pay an amount, by gateway, the first one first."""
    named = runtime.settings.gateways_named or tuple(runtime.gateways)
    ways = {
        name: runtime.gateways[name].methods(amount) for name in named if name in runtime.gateways
    }
    return {name: methods for name, methods in ways.items() if methods}


def choose(runtime: Runtime, amount: Money, wished: str | None) -> str | None:
    """The gateway that was wished for, else the first; None where there is none."""
    found = offered(runtime, amount)
    return wished if wished in found else next(iter(found), None)

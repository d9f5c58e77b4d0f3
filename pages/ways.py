"""The ways to pay as people call them, several of them in one phrase."""

from collections.abc import Callable, Iterable
from functools import reduce

from bot.setting_types import PaymentMethod

WAYS = {
    PaymentMethod.CARD: "way_card",
    PaymentMethod.KONBINI: "way_konbini",
    PaymentMethod.PAYPAY: "way_paypay",
}


def named(say: Callable[..., str], methods: Iterable[PaymentMethod]) -> str:
    """The methods in one phrase, such as "credit card or convenience store"."""
    names = [say(WAYS[method]) for method in methods]
    return reduce(lambda ways, way: say("way_or", ways=ways, way=way), names)

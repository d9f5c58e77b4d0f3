"""Which ways to pay fit an amount."""

from collections.abc import Iterable

from bot.setting_types import PaymentMethod
from bot.text.format import Money

YEN_ONLY = frozenset({PaymentMethod.KONBINI, PaymentMethod.PAYPAY})
# Yen that a convenience store takes at once; the narrowest of the gateways' limits.
KONBINI_TAKES = range(120, 299_001)


def fitting(methods: Iterable[PaymentMethod], amount: Money) -> tuple[PaymentMethod, ...]:
    """Those of the methods by which an amount can be paid: one that cannot spoils the page."""
    return tuple(method for method in methods if _fits(method, amount))


def _fits(method: PaymentMethod, amount: Money) -> bool:
    if method in YEN_ONLY and amount.currency != "JPY":
        return False
    return method is not PaymentMethod.KONBINI or amount.minor in KONBINI_TAKES

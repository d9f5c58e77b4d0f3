"""Money, days and moments as they stand in a reply, with no character that forces UCS-2."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from babel.numbers import format_currency, get_currency_precision

from bot.text.language import Language
from bot.text.segments import outgoing
from bot.text.stores import StoreNumbers

TOKYO = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True)
class Money:
    """An amount in minor units (yen, cents) of an ISO 4217 currency."""

    minor: int
    currency: str


@dataclass(frozen=True)
class Weekday:
    """A day that is shown in full, with its weekday: a misunderstanding shows at once."""

    day: date


def shown(value: object, language: Language) -> str:
    """Return any value as a reply shows it: money, moments, days and stores by their language."""
    if isinstance(value, Money):
        return money(value.minor, value.currency, language)
    if isinstance(value, Weekday):
        return weekday(value.day, language)
    if isinstance(value, StoreNumbers):
        return value.shown(language)
    if isinstance(value, datetime):
        return moment(value, language)
    return day(value, language) if isinstance(value, date) else str(value)


def money(minor: int, currency: str, language: Language) -> str:
    """Return an amount in minor units (yen, cents) of an ISO 4217 currency.

    12800 JPY is "12,800円" in Japanese and "¥12,800" in English; 1234 USD is "$12.34" in both.
    """
    if currency == "JPY" and language is Language.JA:
        return f"{minor:,}円"
    amount = Decimal(minor).scaleb(-get_currency_precision(currency))
    return outgoing(format_currency(amount, currency, locale="en"))


def day(value: date, language: Language) -> str:
    """Return a calendar day: "12月31日" or "Dec 31"."""
    return outgoing(format_skeleton("MMMd", value, locale=language.value))


def weekday(value: date, language: Language) -> str:
    """Return a calendar day with its weekday: "2026年12月25日(金)" or "Fri, Dec 25, 2026"."""
    return outgoing(format_skeleton("yMMMEd", value, locale=language.value))


def moment(value: datetime, language: Language, zone: tzinfo = TOKYO) -> str:
    """Return a moment in `zone`: "12/31 23:59" or "Dec 31, 23:59"; `value` must carry its zone.

    Raises ValueError for a naive datetime, whose hour would depend on the machine.
    """
    if value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} has no time zone")
    there = value.astimezone(zone)
    if language is Language.JA:
        return f"{there.month}/{there.day} {there:%H:%M}"
    return f"{day(there, language)}, {there:%H:%M}"

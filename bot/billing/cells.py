"""What one cell of a customer file may hold: amounts, days, currencies and customer numbers."""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from functools import cache

from babel.core import get_global
from babel.numbers import get_currency_precision, get_territory_currencies

from bot.text import phone
from bot.text.language import Language

# A trillion yen: what is above was a slip of the hand, and stays far below 64 bits.
LARGEST_MINOR = 10**12
LONGEST_NAME = 100
LONGEST_CUSTOMER_NUMBER = 64

_AMOUNT = re.compile(r"([¥$]?) ?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))? ?(円?)")
_CURRENCY_OF = {"¥": "JPY", "円": "JPY", "$": "USD"}
_DAY = re.compile(r"(20[0-9]{2})([-/年])([0-9]{1,2})([-/月])([0-9]{1,2})(日?)")
_SEPARATORS = frozenset({("-", "-", ""), ("/", "/", ""), ("年", "月", "日")})
_REIWA = re.compile(r"令和([0-9]{1,2}|元)年([0-9]{1,2})月([0-9]{1,2})日")
_YEAR_BEFORE_REIWA = 2018
_FIRST_OF_REIWA = date(2019, 5, 1)
_DASH = re.compile("[‐‑‒–—―−ー]")
_PROVABLE = re.compile(r"\S*[0-9]{4}")
# Controls, and format characters such as those that turn the direction of writing around.
_UNSEEN = frozenset({"Cc", "Cf"})


class CellRefused(ValueError):
    """A cell cannot be used; the message names column and reason, and never what it holds."""


def folded(cell: str) -> str:
    """Full-width letters, digits and signs as their ordinary forms, without outer white space."""
    return unicodedata.normalize("NFKC", cell).strip()


def number(cell: str) -> str:
    """A telephone number in any notation, as E.164."""
    parsed = phone.parse(cell)
    if parsed is None:
        raise CellRefused("phone is not a telephone number")
    return parsed


def customer_number(cell: str) -> str:
    """A customer number in one notation; its last four characters are the digits people prove."""
    plain = _seen("customer_number", _DASH.sub("-", "".join(folded(cell).split())).upper())
    if not _PROVABLE.fullmatch(plain) or len(plain) > LONGEST_CUSTOMER_NUMBER:
        raise CellRefused("customer_number must be 4 to 64 characters that end with four digits")
    return plain


def invoice_number(cell: str) -> str:
    """The company's own number of an invoice, perhaps empty."""
    plain = _seen("invoice_number", " ".join(folded(cell).split()))
    if len(plain) > LONGEST_CUSTOMER_NUMBER:
        raise CellRefused(f"invoice_number is longer than {LONGEST_CUSTOMER_NUMBER} characters")
    return plain


def name(cell: str) -> str:
    """A name, perhaps empty, with single spaces."""
    plain = _seen("name", " ".join(cell.split()))
    if len(plain) > LONGEST_NAME:
        raise CellRefused(f"name is longer than {LONGEST_NAME} characters")
    return plain


def language(cell: str) -> Language | None:
    """ja, en, or None where the cell is empty."""
    code = folded(cell).lower()
    if not code:
        return None
    if code not in list(Language):
        raise CellRefused("language must be ja, en or empty")
    return Language(code)


def currency(cell: str) -> str:
    """The ISO 4217 code of money that people pay with today; JPY where the cell is empty."""
    code = folded(cell).upper() or "JPY"
    if code not in _currencies():
        raise CellRefused("currency must be a code such as JPY or USD, or empty")
    return code


def amount(cell: str, currency: str) -> int:
    """An amount such as "12,800", "¥12,800" or "45.50", in minor units of its currency."""
    found = _AMOUNT.fullmatch(folded(cell))
    if found is None:
        raise CellRefused("amount_due must be an amount such as 12800, 12,800 or 45.50")
    before, whole, decimals, after = found.groups(default="")
    if any(_CURRENCY_OF[sign] != currency for sign in (before, after) if sign):
        raise CellRefused("amount_due has the sign of another currency")
    places = get_currency_precision(currency)
    if len(decimals) > places:
        raise CellRefused(f"amount_due has more decimals than {currency} has ({places})")
    return _minor(f"{whole.replace(',', '')}.{decimals}", places)


def _minor(amount: str, places: int) -> int:
    minor = int(Decimal(amount).scaleb(places))
    if minor > LARGEST_MINOR:
        raise CellRefused("amount_due is too large")
    return minor


def day(cell: str, column: str = "due_date") -> date | None:
    """A day such as 2026-12-25, 2026/12/25, 2026年12月25日 or 令和8年12月25日; None where empty."""
    text = folded(cell).replace(" ", "")
    if not text:
        return None
    try:
        return _reiwa(text) if text.startswith("令和") else _western(text)
    except ValueError:
        raise CellRefused(
            f"{column} must be a day such as 2026-12-25, 2026/12/25 or 令和8年12月25日, or empty"
        ) from None


def _western(text: str) -> date:
    found = _DAY.fullmatch(text)
    if found is None or (found[2], found[4], found[6]) not in _SEPARATORS:
        raise ValueError
    return date(int(found[1]), int(found[3]), int(found[5]))


def _reiwa(text: str) -> date:
    found = _REIWA.fullmatch(text)
    if found is None:
        raise ValueError
    year = 1 if found[1] == "元" else int(found[1])
    value = date(_YEAR_BEFORE_REIWA + year, int(found[2]), int(found[3]))
    if value < _FIRST_OF_REIWA:
        raise ValueError
    return value


def _seen(column: str, text: str) -> str:
    if any(unicodedata.category(character) in _UNSEEN for character in text):
        raise CellRefused(f"{column} has control characters")
    return text


@cache
def _currencies() -> frozenset[str]:
    """What is tender somewhere: ISO 4217 also has codes for tests, metals and the money of old."""
    territories = get_global("territory_currencies")
    return frozenset(code for place in territories for code in get_territory_currencies(place))

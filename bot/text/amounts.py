"""Amounts of money as people write them: 5,000円, 五千円, 1万2千, 1.2万, ¥5000, 全額, half."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from babel.numbers import get_currency_precision

from bot.text.format import Money
from bot.text.normalize import folded


class Share(StrEnum):
    """How much of what is owed, where no figure is named; `part` leaves open how much."""

    ALL = "all"
    HALF = "half"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure in major units of `currency` (None: not named), or a share of what is owed."""

    figure: Decimal | None = None
    currency: str | None = None
    share: Share | None = None

    def __str__(self) -> str:
        return str(self.share) if self.share else f"{self.figure} {self.currency or ''}".strip()


_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "億": 100_000_000}
_KANJI_NUMBER = re.compile("[〇零一二三四五六七八九十百千万億]{1,20}")
_FIGURE = r"[0-9][0-9,]{0,14}(?:\.[0-9]{1,4})?"
_YEN = re.compile(rf"(?:[¥\\] ?({_FIGURE}))|((?:{_FIGURE}[億万千百]?){{1,3}}) ?(?:円|えん|yen|jpy)")
_BARE_UNITS = re.compile(rf"(?:{_FIGURE}[億万千百]){{1,3}}(?:{_FIGURE})?(?![日月年時分人回])")
_DOLLARS = re.compile(rf"\$ ?({_FIGURE})|({_FIGURE}) ?(?:dollars|bucks|usd)")
_FIGURE_ALONE = re.compile(
    r"(?<![0-9/.:-])([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{3,7})(?![0-9/.:-]|[日月年時分番])"
)
_FOUR_DIGITS = re.compile(r"(?<![0-9,.$¥\\])[0-9]{4}(?![0-9,.])")
_ALL = re.compile(r"全額|ぜんがく|全部|[一1]括|in full|full amount|the whole|all of it|everything")
_HALF = re.compile(r"半分|半額|はんぶん|\bhalf\b")
_PART = re.compile(
    r"[一1]部|いちぶ|少しだけ|少しづつ|少しずつ|ちょっとだけ|いくらかだけ|内金"
    r"|\b(?:a |in )?part(?:s|ial(?:ly)?)?\b|\bsome of (?:it|that|this)\b|\ba (?:bit|little)\b"
)
# An amount beside which stands that it is not all: 5000円だけ, 半分なら, only $50, half for now.
_AN_AMOUNT = (
    rf"(?:(?:{_FIGURE}[億万千百]?){{1,3}} ?(?:円|えん|yen|usd|dollars)?|半分|半額|1部|内金)"
)
_OFFERED = re.compile(
    rf"{_AN_AMOUNT}(?:ほど|くらい|ぐらい|程度)?"
    r"(?:だけ|のみ|しか|なら|ずつ|づつ|(?:で|を|は)?(?:先|とりあえず|1旦)|でも?(?:いい|良い|よい|よろし))"
    rf"|(?:先に|とりあえず|ひとまず|まずは?|今(?:日|回|月)は?) ?{_AN_AMOUNT}"
    rf"|\b(?:only|just)\b[^.?!]{{0,24}}?(?:[$¥] ?)?(?:{_FIGURE}|half|part)"
    r"|\bhalf (?:of it |of that )?(?:now|first|today|for now)\b"
)
# To pay a bit at a time, which needs an agreement.
_IN_PARTS = re.compile(
    r"分割|分納|[0-9]回(?:払|に分け)|分けて(?:お?支払|払|返|入金)"
    r"|\binstal?lments?\b|\bpayment (?:plan|arrangement)s?\b"
)
# "Is it only 5,000 yen?" asks how much it is.
_ASKED = re.compile(r"(?:だけ|のみ)(?:です(?:か|よね)|でしょうか|なの|なん|だよね|[?])")


def parse(text: str) -> Amount | None:
    """The amount a text names, None where it names none."""
    form = _arabic(folded(text))
    if match := _YEN.search(form):
        return Amount(_value(match.group(1) or match.group(2)), "JPY")
    if match := _DOLLARS.search(form):
        return Amount(_value(match.group(1) or match.group(2)), "USD")
    if match := _BARE_UNITS.search(form) or _FIGURE_ALONE.search(form):
        return Amount(_value(match.group()))
    # "Not all of it, but half" names both, and means the part.
    ways = ((_HALF, Share.HALF), (_PART, Share.PART), (_ALL, Share.ALL))
    return next((Amount(share=share) for way, share in ways if way.search(form)), None)


def offered(text: str) -> Amount | None:
    """The amount that a text offers instead of all: one beside which stands "only" or the like."""
    form = _arabic(folded(text))
    if _OFFERED.search(form) is None or _ASKED.search(form):
        return None
    amount = parse(text)
    return None if amount is None or amount.share is Share.ALL else amount


def in_parts(text: str) -> bool:
    """Whether a text asks to pay a bit at a time, over several payments."""
    return _IN_PARTS.search(_arabic(folded(text))) is not None


def may_be_digits(text: str) -> bool:
    """Whether the only figure is four digits that may be to prove who somebody is.

    With a currency, or beside "only" or the like, they are an amount.
    """
    amount = parse(text)
    plain = amount is None or (amount.currency is None and amount.share is None)
    return plain and _FOUR_DIGITS.search(folded(text)) is not None and offered(text) is None


def part_of(amount: Amount, due: Money) -> Money | None:
    """How much an amount is where something is due: all of it at the most.

    Half is rounded up to the minor unit. None where that cannot be told: some part, another
    currency, nothing.
    """
    if amount.share is Share.HALF:
        return Money((due.minor + 1) // 2, due.currency)
    if amount.figure is None:
        return due if amount.share is Share.ALL else None
    if amount.currency not in {None, due.currency}:
        return None
    minor = int(amount.figure.scaleb(get_currency_precision(due.currency)))
    return Money(min(minor, due.minor), due.currency) if minor > 0 else None


def least_of(due: Money, percent: int) -> Money:
    """The least part of what is due that is so many percent of it, in whole minor units."""
    return Money(-(-due.minor * percent // 100), due.currency)


def _arabic(text: str) -> str:
    return _KANJI_NUMBER.sub(lambda match: _spelt(match.group()), text)


def _spelt(word: str) -> str:
    """A kanji number in figures; a unit that follows figures (1万) or stands alone is kept."""
    return str(kanji_number(word)) if set(word) & set(_DIGITS) or "十" in word else word


def kanji_number(word: str) -> int:
    """The value of a number in kanji: 三万五千 is 35,000, 二五 is 25."""
    total = section = digit = 0
    for character in word:
        if character in _DIGITS:
            digit = digit * 10 + _DIGITS[character]
        elif character in _SMALL:
            section += max(digit, 1) * _SMALL[character]
            digit = 0
        else:
            total += max(section + digit, 1) * _LARGE[character]
            section = digit = 0
    return total + section + digit


def _value(figures: str) -> Decimal:
    """The value of figures with units between them: 1万2千 is 12,000, 1.2万 the same."""
    units = {**_SMALL, **_LARGE}
    total = Decimal(0)
    for figure, unit in re.findall(rf"({_FIGURE})([億万千百]?)", figures):
        total += Decimal(figure.replace(",", "")) * units.get(unit, 1)
    return Decimal(int(total)) if total == int(total) else total

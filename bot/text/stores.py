"""What one asks for at each chain of convenience stores, as it stands in a reply."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from bot.text.language import Language


class Chain(StrEnum):
    """A chain of convenience stores where cash is taken for us, in the order they are told."""

    FAMILYMART = "familymart"
    LAWSON = "lawson"
    MINISTOP = "ministop"
    SEICOMART = "seicomart"


_NAMES = {
    Language.JA: {
        Chain.FAMILYMART: "ファミリーマート",
        Chain.LAWSON: "ローソン",
        Chain.MINISTOP: "ミニストップ",
        Chain.SEICOMART: "セイコーマート",
    },
    Language.EN: {
        Chain.FAMILYMART: "FamilyMart",
        Chain.LAWSON: "Lawson",
        Chain.MINISTOP: "Ministop",
        Chain.SEICOMART: "Seicomart",
    },
}
_BETWEEN = {Language.JA: "・", Language.EN: ", "}


@dataclass(frozen=True)
class StoreNumber:
    """The payment code that a chain asks for, and its confirmation number where it asks for one."""

    chain: Chain
    code: str
    confirmation: str | None = None

    @property
    def numbers(self) -> str:
        """What is keyed in: "123456/01234567890"."""
        return f"{self.code}/{self.confirmation}" if self.confirmation else self.code


@dataclass(frozen=True)
class StoreNumbers:
    """The numbers of one payment; each chain has its own."""

    each: tuple[StoreNumber, ...]

    def shown(self, language: Language) -> str:
        """A line for each number, after the names of the chains that take it."""
        lines = groupby(self.each, lambda one: one.numbers)
        return "\n".join(f"{_chains(found, language)} {numbers}" for numbers, found in lines)


def _chains(found: Iterable[StoreNumber], language: Language) -> str:
    names = _NAMES[language]
    return _BETWEEN[language].join(names[one.chain] for one in found)

"""The numbers for each chain of stores, as a text tells them."""

import pytest

from bot.text.format import shown
from bot.text.language import Language
from bot.text.stores import Chain, StoreNumber, StoreNumbers

TOLD = {
    "a number for each": (
        (StoreNumber(Chain.FAMILYMART, "12", "34"), StoreNumber(Chain.LAWSON, "56", "34")),
        "ファミリーマート 12/34\nローソン 56/34",
        "FamilyMart 12/34\nLawson 56/34",
    ),
    "one for two": (
        (StoreNumber(Chain.LAWSON, "56", "34"), StoreNumber(Chain.MINISTOP, "56", "34")),
        "ローソン・ミニストップ 56/34",
        "Lawson, Ministop 56/34",
    ),
    "nothing to confirm": (
        (StoreNumber(Chain.SEICOMART, "12"),),
        "セイコーマート 12",
        "Seicomart 12",
    ),
}


@pytest.mark.parametrize(("numbers", "ja", "en"), TOLD.values(), ids=TOLD)
def test_every_number_has_a_line_with_the_chains_that_take_it(
    numbers: tuple[StoreNumber, ...], ja: str, en: str
) -> None:
    told = StoreNumbers(numbers)
    assert (shown(told, Language.JA), shown(told, Language.EN)) == (ja, en)


@pytest.mark.parametrize("language", Language)
def test_every_chain_has_a_name(language: Language) -> None:
    told = StoreNumbers(tuple(StoreNumber(chain, chain) for chain in Chain))
    assert len(shown(told, language).splitlines()) == len(Chain)

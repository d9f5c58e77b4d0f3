"""Some texts read otherwise where a country's practice asks for it; all else reads alike."""

import pytest

from tests.carrier import Carrier
from tests.people import Texting

IN_JAPAN, IN_AMERICA = "+819000000001", "+12025550123"
RATES = "Msg & data rates may apply"
# What somebody writes, and what the answer says in America beside the way to stop.
WORDS = [
    ("HELP", (RATES, "call 0120-000-000", "STOP")),
    ("START", (RATES, "HELP", "STOP", "Msg frequency varies")),
    ("YES", (RATES, "HELP", "STOP", "Msg frequency varies")),
]


@pytest.mark.parametrize(("word", "expected"), WORDS)
def test_an_american_number_is_told_what_its_carriers_ask_for(
    texting: Texting, carrier: Carrier, word: str, expected: tuple[str, ...]
) -> None:
    sent = [texting.says(number, word) for number in (IN_AMERICA, IN_JAPAN)]
    american, japanese = carrier.bodies(IN_AMERICA)[-1], carrier.bodies(IN_JAPAN)[-1]

    assert [each for each in expected if each not in american] == []
    assert RATES not in japanese
    # One script in reports and in the ledger, whose revision tells the words apart.
    assert sent[0] == sent[1]


def test_the_words_of_a_country_come_in_japanese_as_well(
    texting: Texting, carrier: Carrier
) -> None:
    texting.says(IN_AMERICA, "ヘルプ")

    assert "0120-000-000" in carrier.bodies(IN_AMERICA)[-1]
    assert "通信料" in carrier.bodies(IN_AMERICA)[-1]


def test_who_agrees_in_america_gets_the_link_and_the_terms(
    texting: Texting, carrier: Carrier
) -> None:
    texting.says(IN_AMERICA, "YES")
    assert texting.says(IN_AMERICA, "YES") == ["onboarding.agreed"]

    said = carrier.bodies(IN_AMERICA)[-1]
    assert RATES in said
    assert "https://sms.example.com/o/" in said

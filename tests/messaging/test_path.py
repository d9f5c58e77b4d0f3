"""The path of one SMS, from the signed webhook to the carrier, on real servers."""

from tests.people import Texting, add_customer

HANAKO = "+819000000001"


def test_a_balance_is_asked_for_proved_and_answered(texting: Texting) -> None:
    add_customer(texting.runtime, HANAKO, "10001234", due=12800)

    assert texting.says(HANAKO, "残高") == ["balance.ask_digits"]
    assert texting.says(HANAKO, "1234") == ["balance.answer", "onboarding.consent"]

"""`henji numbers check`: what the provider knows, in a line each; off until it is switched on."""

import json
from collections.abc import Iterator

import pytest

from bot.providers import Answer
from tests.cli.commands import henji
from tests.people import Texting
from tests.stand_in import StandIn, standing_in

HANAKO = "+819000000001"


@pytest.fixture
def twilio() -> Iterator[StandIn]:
    with standing_in() as stand_in:
        yield stand_in


@pytest.fixture
def environment(environment: dict[str, str], twilio: StandIn) -> dict[str, str]:
    return {
        **environment,
        "TWILIO_API_BASE": twilio.url,
        "HENJI_NUMBER_LOOKUP": "line_type,reassigned",
    }


def of_line(kind: str) -> Answer:
    known = {"line_type_intelligence": {"type": kind, "error_code": None}}
    return Answer(200, json.dumps(known).encode(), {"content-type": "application/json"})


@pytest.mark.usefixtures("texting")
def test_each_number_is_told_and_what_the_answer_calls_for_is_held(
    environment: dict[str, str], twilio: StandIn
) -> None:
    twilio.answers.extend([of_line("mobile"), of_line("landline"), Answer(503)])
    ended = henji(
        "numbers", "check", "-",
        environment=environment, given="090-0000-0001\n\n０１２０ー０００ー０００\n+819000000003\n",
    )  # fmt: skip

    assert ended.status == 1
    assert ended.out == (
        "+8190****0001: mobile, owner not known.\n"
        "+811****0000: landline, owner not known; held: no text reaches the number.\n"
    )
    assert ended.err.startswith("henji: +8190****0003: ")
    assert twilio.received[0].path.startswith("/v2/PhoneNumbers/+819000000001?")
    held = henji("holds", "list", "--kind", "no_texts", environment=environment).out
    assert "twilio says: the line is of the kind landline" in held


def test_it_is_off_until_it_is_switched_on(
    environment: dict[str, str], texting: Texting, twilio: StandIn
) -> None:
    off = {**environment, "HENJI_NUMBER_LOOKUP": ""}
    ended = henji("numbers", "check", "090-0000-0001", environment=off)

    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith("henji: Numbers are not looked up: HENJI_NUMBER_LOOKUP")
    assert twilio.received == []


@pytest.mark.parametrize("arguments", [[], ["letters"], ["090-0000-0001", "12"]])
def test_a_wrong_call_asks_nothing(
    environment: dict[str, str], arguments: list[str], twilio: StandIn
) -> None:
    ended = henji("numbers", "check", *arguments, environment=environment)

    assert (ended.status, ended.out) == (2, "")
    assert twilio.received == []

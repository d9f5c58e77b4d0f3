"""A number is looked up at the provider, whose answer becomes a hold and its evidence."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from bot.compliance import reviews
from bot.dialogue.holds import HoldKind
from bot.errors import LookUpRefused, Unreachable
from bot.messaging import look_ups
from bot.providers import NumberStatus
from bot.setting_types import LookUp
from bot.store.tables import consent_events, inbound_messages
from tests.carrier import Carrier
from tests.messaging.campaign import people, queue
from tests.people import Texting

HANAKO = "+819000000001"
NOBODY = "+12025550123"
TODAY = datetime.now(UTC).date()
GONE = NumberStatus("mobile", takes_texts=True, reassigned=True)
LANDLINE = NumberStatus("landline", takes_texts=False)
FINE = NumberStatus("mobile", takes_texts=True, reassigned=False)


class Register(Carrier):
    """A carrier that knows whose the numbers are, and remembers what it was asked."""

    def __init__(self, *known: NumberStatus | Exception) -> None:
        super().__init__()
        self.known = list(known)
        self.asked: list[tuple[str, date | None, frozenset[LookUp]]] = []

    def check_number(
        self, number: str, since: date | None, asked: frozenset[LookUp]
    ) -> NumberStatus:
        self.asked.append((number, since, asked))
        found = self.known.pop(0)
        if isinstance(found, Exception):
            raise found
        return found


def knowing(texting: Texting, *known: NumberStatus | Exception, on: str = "line_type") -> Register:
    """The provider knows these, and may be asked."""
    register = Register(*known)
    settings = texting.runtime.settings.model_copy(update={"HENJI_NUMBER_LOOKUP": on or None})
    texting.runtime = replace(texting.runtime, provider=register, settings=settings)
    return register


def held(texting: Texting) -> list[tuple[HoldKind, str]]:
    with texting.runtime.engine.begin() as connection:
        return [(one.kind, one.rule) for one in reviews.held(connection)]


def test_a_number_that_somebody_else_has_now_is_quarantined(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    register = knowing(texting, GONE, on="line_type,reassigned")
    found = look_ups.check(texting.runtime, HANAKO)

    assert (found.held, found.since) == (HoldKind.WRONG_PERSON, TODAY)
    assert register.asked == [(HANAKO, TODAY, frozenset(LookUp))]
    assert held(texting) == [
        ("wrong_person", f"twilio says: the number was given to somebody else since {TODAY}")
    ]
    assert texting.says(HANAKO, "残高") == ["balance.not_registered"]


def test_a_line_that_no_text_reaches_is_held_and_what_waits_is_taken_back(
    texting: Texting, carrier: Carrier
) -> None:
    with texting.runtime.engine.begin() as connection:
        message = queue(connection, people(connection, [HANAKO])[0])
    register = knowing(texting, LANDLINE)
    assert look_ups.check(texting.runtime, HANAKO).held is HoldKind.NO_TEXTS
    texting.sends()

    assert register.accepted == []
    assert held(texting) == [("no_texts", "twilio says: the line is of the kind landline")]
    assert message


@pytest.mark.parametrize("status", [FINE, NumberStatus(), NumberStatus("a new kind")])
def test_what_the_provider_does_not_know_holds_nothing(
    texting: Texting, status: NumberStatus
) -> None:
    knowing(texting, status)

    assert look_ups.check(texting.runtime, HANAKO).held is None
    assert held(texting) == []


def test_a_number_that_we_never_heard_of_can_be_held_before_it_is_written_to(
    texting: Texting,
) -> None:
    register = knowing(texting, LANDLINE)

    assert look_ups.check(texting.runtime, NOBODY).since is None
    assert register.asked[0][1] is None
    assert held(texting)[0][0] == HoldKind.NO_TEXTS


def test_the_day_is_that_of_the_last_text_or_yes(texting: Texting) -> None:
    for word in ("はい", "はい"):
        texting.says(HANAKO, word)
    with texting.runtime.engine.begin() as connection:
        long_ago = datetime(2026, 1, 2, tzinfo=UTC)
        connection.execute(update(inbound_messages).values(created_at=long_ago))
        assert connection.execute(consent_events.select()).all()
    register = knowing(texting, FINE)
    look_ups.check(texting.runtime, HANAKO)

    assert register.asked[0][1] == TODAY


def test_nothing_is_asked_unless_it_is_switched_on(texting: Texting) -> None:
    register = knowing(texting, on="")
    with pytest.raises(LookUpRefused, match="HENJI_NUMBER_LOOKUP"):
        look_ups.check(texting.runtime, HANAKO)
    assert register.asked == []

    knowing(texting, FINE)
    texting.runtime = replace(texting.runtime, provider=Carrier())
    with pytest.raises(LookUpRefused, match="offers no look-up"):
        look_ups.check(texting.runtime, HANAKO)


def test_no_answer_holds_nothing_and_a_second_try_may(texting: Texting) -> None:
    knowing(texting, Unreachable("the provider cannot be reached"), LANDLINE)
    with pytest.raises(Unreachable):
        look_ups.check(texting.runtime, HANAKO)
    assert held(texting) == []

    look_ups.check(texting.runtime, HANAKO)
    assert len(held(texting)) == 1

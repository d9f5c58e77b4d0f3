"""What a form may do to a person whose number it names, and what the holder of a link may do."""

from dataclasses import replace

import pytest
from sqlalchemy import insert, select, update

from bot.compliance import audit, opt_out_links
from bot.compliance.ledger import Method
from bot.dialogue.effects import Consent
from bot.messaging.consent import orders
from bot.messaging.consent.orders import Order
from bot.store.columns import seconds_from_now
from bot.store.tables import (
    consent_events,
    conversations,
    outbound_messages,
    purpose_consents,
    senders,
)
from bot.text.language import Language
from tests.people import OURS, Texting, add_customer

HANAKO = "+819000000001"
SECOND = "+815000000002"
FORM = Order(Method.WEB, "person", "form /join", ("promotions",))
PAGE = Order(Method.WEB, "person", "page /o/")
ADS = replace(PAGE, purposes=("promotions",))


def joins(texting: Texting, sender: str = OURS, language: Language = Language.JA) -> list[str]:
    """Fill in the form, and return what is sent for it; then two minutes pass."""
    orders.join(texting.runtime, sender, HANAKO, FORM, language)
    texting.sends()
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(conversations).values(spoke_at=seconds_from_now(-120)))
    return texting.new_keys()


def days_pass(texting: Texting, days: int) -> None:
    """All that was sent is so many days old."""
    with texting.runtime.engine.begin() as connection:
        ago = seconds_from_now(-days * 24 * 3600)
        connection.execute(update(outbound_messages).values(created_at=ago))


def hours_pass(texting: Texting, hours: int) -> None:
    """The bot spoke so many hours ago."""
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(conversations).values(spoke_at=seconds_from_now(-hours * 3600)))


def token_of(texting: Texting) -> str:
    with texting.runtime.engine.begin() as connection:
        conversation = connection.execute(select(conversations.c.id)).scalars().first()
        assert conversation is not None
        return opt_out_links.create(connection, conversation)


def states(texting: Texting) -> dict[str, str]:
    with texting.runtime.engine.begin() as connection:
        rows = connection.execute(select(purpose_consents)).all()
    return {row.purpose: row.state for row in rows}


def steps(texting: Texting) -> list[tuple[str, str | None]]:
    """Consent and purpose of every entry; the chain holds."""
    with texting.runtime.engine.begin() as connection:
        assert audit.verify(connection).broken is None
        rows = connection.execute(select(consent_events).order_by(consent_events.c.id)).all()
    return [(row.consent, row.purpose) for row in rows]


def test_a_form_that_is_tapped_twice_is_one_question(texting: Texting) -> None:
    both = replace(FORM, purposes=("billing", "promotions"))
    for order in (FORM, FORM, both, both):
        state = orders.join(texting.runtime, OURS, HANAKO, order, Language.JA)
        assert state is Consent.ASKED
    texting.sends()

    # What was not asked about before is asked about at once.
    assert texting.new_keys() == ["onboarding.confirm"] * 2
    assert steps(texting) == [
        ("asked", "promotions"), ("asked", "billing"), ("asked", "promotions"),
    ]  # fmt: skip
    assert texting.says(HANAKO, "はい") == ["onboarding.agreed"]
    assert states(texting) == {"billing": "granted", "promotions": "granted"}


def test_forms_cannot_flood_a_number(texting: Texting) -> None:
    with texting.runtime.engine.begin() as connection:
        connection.execute(insert(senders).values(number=SECOND))
    asked = [joins(texting, sender) for sender in (OURS, SECOND, OURS, SECOND, OURS)]
    assert asked == [["onboarding.confirm"]] * 3 + [[], []]
    assert steps(texting) == [("asked", "promotions")] * 3

    days_pass(texting, 2)
    assert [joins(texting) for _ in range(4)] == [["onboarding.confirm"]] * 3 + [[]]
    days_pass(texting, 2)
    assert joins(texting) == []
    days_pass(texting, 31)
    assert joins(texting) == ["onboarding.confirm"]


def test_a_yes_to_stopping_is_not_taken_for_one_to_a_form(texting: Texting) -> None:
    assert texting.says(HANAKO, "迷惑です") == ["stop_question.ask"]
    assert joins(texting) == []
    assert texting.says(HANAKO, "はい") == ["consent.stopped"]


def test_a_form_does_not_break_into_a_talk_until_that_is_over(texting: Texting) -> None:
    add_customer(texting.runtime, HANAKO, "10001234", 12800)
    assert texting.says(HANAKO, "残高") == ["balance.ask_digits"]
    assert joins(texting) == []
    assert texting.says(HANAKO, "1234")[0] == "balance.answer"

    hours_pass(texting, 2)
    assert joins(texting) == ["onboarding.confirm"]


def test_a_form_takes_the_place_of_the_bots_own_question(texting: Texting) -> None:
    assert texting.says(HANAKO, "はい") == ["onboarding.consent"]
    assert joins(texting) == ["onboarding.confirm"]
    assert texting.says(HANAKO, "はい") == ["onboarding.agreed"]
    assert states(texting) == {"billing": "granted", "promotions": "granted"}


def test_hours_later_a_yes_still_counts_for_who_agreed_to_something_else(texting: Texting) -> None:
    texting.says(HANAKO, "配信開始")
    assert joins(texting) == ["onboarding.confirm"]
    hours_pass(texting, 20)

    assert texting.says(HANAKO, "はい") == ["onboarding.agreed"]
    assert states(texting)["promotions"] == "granted"


def test_a_form_does_not_change_the_language_that_the_person_chose(texting: Texting) -> None:
    texting.says(HANAKO, "日本語")
    joins(texting, language=Language.EN)

    with texting.runtime.engine.begin() as connection:
        sent = connection.execute(select(outbound_messages).order_by(outbound_messages.c.id)).all()
        assert sent[-1].language == "en"
        assert connection.execute(select(conversations.c.language)).scalar_one() == "ja"


def test_who_agreed_before_is_not_asked_again(texting: Texting) -> None:
    joins(texting)
    texting.says(HANAKO, "はい")

    assert orders.join(texting.runtime, OURS, HANAKO, FORM, Language.JA) is Consent.GRANTED
    texting.sends()
    assert texting.new_keys() == []


def test_one_purpose_stops_and_starts_by_link(texting: Texting) -> None:
    joins(texting)
    texting.says(HANAKO, "はい")
    texting.says(HANAKO, "配信開始")
    token = token_of(texting)

    for _ in range(2):
        assert orders.stop_by_link(texting.runtime, token, ADS)
    assert states(texting) == {"billing": "granted", "promotions": "stopped"}
    for _ in range(2):
        assert orders.start_by_link(texting.runtime, token, ADS)
    assert states(texting) == {"billing": "granted", "promotions": "granted"}
    assert steps(texting)[-2:] == [("stopped", "promotions"), ("granted", "promotions")]


def test_a_link_starts_nothing_that_was_not_stopped(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    token = token_of(texting)
    for order in (PAGE, ADS):
        assert orders.start_by_link(texting.runtime, token, order)

    assert (states(texting), steps(texting)) == ({}, [])


@pytest.mark.parametrize("first", [PAGE, ADS], ids=["everything", "advertising first"])
def test_nothing_starts_alone_while_everything_is_stopped(texting: Texting, first: Order) -> None:
    texting.says(HANAKO, "ヘルプ")
    token = token_of(texting)
    for order in (first, PAGE, PAGE, ADS):
        assert orders.stop_by_link(texting.runtime, token, order)
    before = steps(texting)
    assert orders.start_by_link(texting.runtime, token, ADS)
    assert steps(texting) == before
    assert texting.says(HANAKO, "残高") == []

    assert orders.start_by_link(texting.runtime, token, PAGE)
    assert states(texting) == {"billing": "granted"} | (
        {"promotions": "unknown"} if first is ADS else {}
    )

"""The gate on the way out: what waits, what never leaves, and that every message tells why."""

from dataclasses import replace
from datetime import time

import pytest
from sqlalchemy import insert, select, update

from bot import errors
from bot.compliance import countries, holds, industries
from bot.compliance.industries import Preset
from bot.dialogue.holds import HoldKind
from bot.messaging.grounds import Exemption, Grounds, MessageClass
from bot.messaging.sending.verdicts import explain
from bot.setting_types import Industry
from bot.store.columns import seconds_from_now, utc_now
from bot.store.tables import contacts, conversations, outbound_messages, senders
from bot.store.tables import holds as held
from tests.carrier import Carrier
from tests.messaging.campaign import DAY, NIGHT, people, queue
from tests.people import Texting

HANAKO = "+819000000001"


@pytest.fixture
def night(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is night everywhere."""
    monkeypatch.setattr(countries, "shipped", lambda: NIGHT)


def reminders(texting: Texting, times: int = 1, **more: object) -> list[int]:
    """So many reminders to somebody who agreed."""
    with texting.runtime.engine.begin() as connection:
        known = connection.execute(select(conversations.c.id)).scalar()
        conversation = known or people(connection, [HANAKO])[0]
        return [queue(connection, conversation, **more) for _ in range(times)]  # type: ignore[arg-type]


def told(texting: Texting, message: int) -> tuple[str, str | None, list[str]]:
    """Status, verdict, and the rules that spoke."""
    with texting.runtime.engine.begin() as connection:
        row = explain(connection, message)
    assert row is not None
    return row.status, row.verdict, [reason["rule"] for reason in row.verdict_reasons or []]


def test_a_reminder_leaves_by_day_and_says_why_it_might(texting: Texting, carrier: Carrier) -> None:
    message = reminders(texting)[0]
    assert told(texting, message) == ("queued", None, [])
    texting.sends()

    assert told(texting, message) == ("sent", "allowed", ["consent"])
    assert len(carrier.accepted) == 1


def test_a_reminder_waits_for_the_morning_and_holds_up_no_answer(
    texting: Texting, carrier: Carrier, night: None
) -> None:
    message = reminders(texting)[0]
    texting.sends()
    assert told(texting, message) == ("queued", "later", ["consent", "hours"])

    assert texting.says(HANAKO, "ヘルプ") == ["common.help"]
    with texting.runtime.engine.begin() as connection:
        row = explain(connection, message)
        later = connection.execute(select(seconds_from_now(0))).scalar_one()
    assert row is not None
    assert row.not_before > later


def test_in_the_morning_it_is_asked_about_again(
    texting: Texting, monkeypatch: pytest.MonkeyPatch, night: None
) -> None:
    message = reminders(texting)[0]
    texting.sends()
    monkeypatch.setattr(countries, "shipped", lambda: DAY)
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(outbound_messages).values(not_before=seconds_from_now(-1)))
        connection.execute(update(conversations).values(consent="stopped"))
    texting.sends()

    assert told(texting, message) == ("canceled", "blocked", ["stop", "consent"])


def test_the_fourth_of_a_day_waits_for_the_next(texting: Texting, carrier: Carrier) -> None:
    messages = reminders(texting, 5)
    texting.sends()

    assert len(carrier.accepted) == 3
    assert told(texting, messages[3]) == ("queued", "later", ["consent", "cap"])


def test_the_cap_of_ones_industry_holds_besides_that_of_the_country(
    texting: Texting, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    awake = Preset({}, time.max, time.min, per_day=2, scripts=())
    monkeypatch.setattr(industries, "shipped", lambda: {Industry.CLINIC: awake})
    settings = texting.runtime.settings.model_copy(update={"HENJI_INDUSTRY": Industry.CLINIC})
    texting.runtime = replace(texting.runtime, settings=settings)
    messages = reminders(texting, 3)
    texting.sends()

    assert len(carrier.accepted) == 2
    assert told(texting, messages[2]) == ("queued", "later", ["consent", "cap"])


def test_the_cap_counts_over_all_of_our_numbers(texting: Texting, carrier: Carrier) -> None:
    with texting.runtime.engine.begin() as connection:
        first = people(connection, [HANAKO])[0]
        other = connection.execute(
            insert(senders)
            .values(number="+815000000002", enabled_at=utc_now())
            .returning(senders.c.id)
        ).scalar_one()
        contact = connection.execute(select(contacts.c.id)).scalar_one()
        pair = {"sender_id": other, "contact_id": contact, "language": "ja", "consent": "granted"}
        second = connection.execute(
            insert(conversations).values(pair).returning(conversations.c.id)
        ).scalar_one()
        shipping = Grounds("billing", Exemption.TRANSACTION, "shipping of order 12")
        for conversation in (first, second, first, second):
            queue(connection, conversation, grounds=shipping)
    texting.sends()

    assert len(carrier.accepted) == 3


def test_a_reminder_without_consent_never_leaves(texting: Texting, carrier: Carrier) -> None:
    message = reminders(texting, grounds=Grounds("promotions"))[0]
    texting.sends()

    assert told(texting, message) == ("canceled", "blocked", ["consent"])
    assert carrier.accepted == []


def test_a_legal_notice_passes_a_stop_under_a_name(texting: Texting, carrier: Carrier) -> None:
    texting.says(HANAKO, "配信停止")
    approved = Grounds("billing", Exemption.LEGAL_DUTY, "契約条項の変更", "staff:sato")
    legal = reminders(texting, message_class=MessageClass.LEGAL, grounds=approved)
    unsigned = reminders(texting, message_class=MessageClass.LEGAL)
    texting.sends()

    assert told(texting, legal[0]) == ("sent", "allowed", ["exemption"])
    assert told(texting, unsigned[0]) == ("canceled", "blocked", ["approval"])
    with texting.runtime.engine.begin() as connection:
        row = explain(connection, legal[0])
    assert row is not None
    assert (row.exemption, row.approved_by) == ("legal_duty", "staff:sato")


def test_an_answer_says_why_it_left_and_a_stop_why_it_did_not(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    texting.says(HANAKO, "残高")
    texting.hears(HANAKO, "相談")
    texting.says(HANAKO, "配信停止")

    assert told(texting, 1) == ("sent", "allowed", ["act"])
    assert told(texting, 2) == ("sent", "allowed", ["fresh"])
    assert told(texting, 4) == ("canceled", "blocked", ["stop"])
    with texting.runtime.engine.begin() as connection:
        assert explain(connection, 999) is None


LAWYERS = [
    "弁護士に依頼しました",
    "自己破産の予定です",
    "My lawyer will call you",
    "I filed for BANKRUPTCY",
]


@pytest.mark.parametrize("words", LAWYERS)
def test_who_names_a_lawyer_hears_of_no_debt_and_a_person_is_called(
    texting: Texting, words: str
) -> None:
    message = reminders(texting)[0]
    texting.hears(HANAKO, words)
    texting.sends()

    assert told(texting, message)[1:] == ("blocked", ["consent", "hold lawyer"])
    with texting.runtime.engine.begin() as connection:
        hold = connection.execute(select(held)).one()
        wanted = connection.execute(select(conversations.c.person_wanted_at)).scalar_one()
    assert (hold.kind, hold.inbound_id) == ("lawyer", 1)
    assert wanted is not None


def test_a_promise_holds_until_its_day_and_staff_may_release_it(
    texting: Texting, carrier: Carrier
) -> None:
    message = reminders(texting)[0]
    with texting.runtime.engine.begin() as connection:
        until = connection.execute(select(seconds_from_now(3600))).scalar_one()
        for _ in range(2):
            holds.place(connection, 1, HoldKind.PROMISE, "25日に払います", until=until)
    texting.sends()
    assert told(texting, message) == ("queued", "later", ["consent", "hold promise"])

    with texting.runtime.engine.begin() as connection:
        assert holds.release(connection, 1, HoldKind.PROMISE, "staff:sato", "paid")
        assert not holds.release(connection, 1, HoldKind.PROMISE, "staff:sato", "paid")
        connection.execute(update(outbound_messages).values(not_before=seconds_from_now(-1)))
    texting.sends()
    assert len(carrier.accepted) == 1


def test_three_failures_in_a_row_hold_the_number(texting: Texting, carrier: Carrier) -> None:
    carrier.faults.extend(errors.BadNumber("no such number", 21211) for _ in range(3))
    messages = reminders(texting, 4)
    texting.sends()

    assert [told(texting, message)[0] for message in messages] == ["failed"] * 3 + ["canceled"]
    assert told(texting, messages[3])[2] == ["consent", "hold failures"]


def test_promotions_carry_the_legal_name(texting: Texting, carrier: Carrier) -> None:
    named = texting.runtime.settings.model_copy(update={"HENJI_LEGAL_NAME": "株式会社例示商会"})
    texting.runtime = replace(texting.runtime, settings=named)
    customer = Grounds("promotions", Exemption.EXISTING_CUSTOMER, "customer since 2024-04-01")
    promotional = MessageClass.PROMOTIONAL
    body = "株式会社例示商会より特典です。停止は「配信停止」"
    good = reminders(texting, message_class=promotional, grounds=customer, body=body)
    bad = reminders(texting, message_class=promotional, grounds=customer)
    texting.sends()

    assert told(texting, good[0]) == ("sent", "allowed", ["exemption"])
    assert told(texting, bad[0]) == ("canceled", "blocked", ["exemption", "words"])

"""Holds as people cause them: a promise to pay, a lawyer, a wrong number; and who lifts them."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select, update

from bot.compliance import countries, holds, reviews
from bot.dialogue.holds import HoldKind
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now
from bot.store.tables import conversations, inbound_messages, outbound_messages
from bot.store.tables import holds as held
from bot.text.format import TOKYO
from tests.carrier import Carrier
from tests.messaging.campaign import DAY, people, queue
from tests.paying import ALICE, HANAKO, Paying
from tests.people import Texting


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is day in Japan; the other countries are as they ship."""
    known = (*DAY, *countries.shipped())
    shipped = [country for country in known if country.prefix == "+1"] + list(DAY)
    monkeypatch.setattr(countries, "shipped", lambda: tuple(shipped))


@pytest.fixture
def paying(runtime: Runtime) -> Paying:
    """Hanako, who owes 12,800 yen and whose customer number ends in 1234, with her link."""
    paying = Paying.at(runtime)
    paying.is_customer()
    paying.gets_link()
    return paying


def of_hold(texting: Texting) -> Row[Any]:
    """The one hold there is, with the text that is its evidence."""
    with texting.runtime.engine.begin() as connection:
        return connection.execute(
            select(held, inbound_messages.c.body).join(
                inbound_messages, inbound_messages.c.id == held.c.inbound_id
            )
        ).one()


def reminder(texting: Texting, number: str = HANAKO) -> int:
    with texting.runtime.engine.begin() as connection:
        return queue(connection, people(connection, [number])[0])


def status_of(texting: Texting, message: int) -> Row[Any]:
    with texting.runtime.engine.begin() as connection:
        return connection.execute(
            select(outbound_messages).where(outbound_messages.c.id == message)
        ).one()


def in_days(days: int) -> date:
    return datetime.now(TOKYO).date() + timedelta(days=days)


def written(day: date) -> str:
    return f"{day.month}月{day.day}日に払います"


def test_a_promise_keeps_reminders_away_until_its_day_is_over(
    texting: Texting, carrier: Carrier
) -> None:
    message, day = reminder(texting), in_days(10)
    assert texting.says(HANAKO, written(day)) == ["promise.held"]

    hold, waits = of_hold(texting), status_of(texting, message)
    end = datetime(day.year, day.month, day.day, tzinfo=TOKYO) + timedelta(days=1)
    assert (hold.kind, hold.until, hold.body) == ("promise", end, written(day))
    assert (waits.status, waits.not_before) == ("queued", end)
    assert f"a promise to pay: promised for {day}" in str(waits.verdict_reasons)
    assert f"{day.year}年{day.month}月{day.day}日" in carrier.bodies(HANAKO)[0]


def test_a_later_promise_takes_the_place_of_an_earlier_one(texting: Texting) -> None:
    for days in (10, 20, 15):
        texting.says(HANAKO, written(in_days(days)))

    hold = of_hold(texting)
    assert (hold.rule, hold.body) == (f"promised for {in_days(15)}", written(in_days(15)))


def test_a_promise_in_america_lasts_until_the_day_is_over_in_hawaii(texting: Texting) -> None:
    day = in_days(10)
    texting.says(ALICE, f"I'll pay on {day:%Y-%m-%d}")

    assert of_hold(texting).until.isoformat() == f"{day + timedelta(days=1)}T10:00:00+00:00"


def test_no_promise_is_kept_before_the_day_is_clear(texting: Texting) -> None:
    assert texting.says(HANAKO, "もう少し待ってください") == ["promise.ask_day"]
    with texting.runtime.engine.begin() as connection:
        assert connection.execute(select(held)).all() == []

    assert texting.says(HANAKO, str(in_days(5).day)) == ["promise.held"]
    assert of_hold(texting).rule == f"promised for {in_days(5)}"


def test_who_releases_a_promise_lets_the_reminder_go(texting: Texting, carrier: Carrier) -> None:
    message = reminder(texting)
    texting.says(HANAKO, written(in_days(10)))
    with texting.runtime.engine.begin() as connection:
        assert holds.release(connection, 1, HoldKind.PROMISE, "staff:sato", "agreed otherwise")
    texting.sends()

    assert status_of(texting, message).status == "sent"


@pytest.mark.parametrize("words", ["弁護士に相談しました", "自己破産しました", "talk to my lawyer"])
def test_a_lawyer_or_insolvency_keeps_all_unsolicited_messages_away(
    texting: Texting, words: str
) -> None:
    message = reminder(texting)
    texting.says(HANAKO, words)

    assert (of_hold(texting).kind, of_hold(texting).body) == ("lawyer", words)
    assert status_of(texting, message).status == "canceled"


def test_a_number_of_somebody_else_hears_nothing_of_the_account_until_released(
    paying: Paying,
) -> None:
    texting = paying.texting
    assert paying.answers().status_code == 303
    assert texting.says(HANAKO, "人違いです") == ["wrong_person.noted"]

    assert texting.says(HANAKO, "残高") == ["balance.not_registered"]
    assert texting.says(HANAKO, "支払い") == ["payment.not_registered"]
    assert [paying.opens().status_code, paying.answers().status_code] == [404, 404]
    assert paying.taps_pay(data={"amount": "12800"}).status_code == 404
    with paying.runtime.engine.begin() as connection:
        assert holds.release(connection, 1, HoldKind.WRONG_PERSON, "staff:sato", "it is hers")
    assert texting.says(HANAKO, "残高") == ["balance.ask_digits"]
    assert texting.says(HANAKO, "1234") == ["balance.answer"]
    assert paying.opens().status_code == 200


def test_a_payment_that_was_under_way_is_kept_though_no_receipt_is_sent(paying: Paying) -> None:
    paying.begins()
    paying.texting.says(HANAKO, "人違いです")

    assert paying.told("paid") == []
    assert paying.due() == 0
    assert paying.opens("/return").status_code == 404


def test_what_could_prove_somebody_is_not_kept_of_a_wrong_number(texting: Texting) -> None:
    texting.says(HANAKO, "人違いです")
    texting.says(HANAKO, "番号は10001234ですか")

    with texting.runtime.engine.begin() as connection:
        bodies = connection.execute(select(inbound_messages.c.body)).scalars().all()
    assert bodies[1] == "番号は••••••••ですか"


def test_a_question_left_open_before_the_number_was_reported_tells_nothing(
    paying: Paying,
) -> None:
    assert paying.texting.says(HANAKO, "残高") == ["balance.ask_digits"]
    with paying.runtime.engine.begin() as connection:
        holds.place(connection, 1, HoldKind.WRONG_PERSON, "told by telephone")
        connection.execute(update(conversations).values(spoke_at=seconds_from_now(0)))

    assert paying.texting.says(HANAKO, "1234") == ["balance.not_registered"]


def test_a_wrong_number_is_one_hold_and_is_not_asked_for_consent(texting: Texting) -> None:
    """That it is no question whether to stop shows in what staff have to release."""
    texting.says(HANAKO, "人違いです")

    assert texting.says(HANAKO, "はい") == []
    with texting.runtime.engine.begin() as connection:
        assert [one.kind for one in reviews.held(connection)] == ["wrong_person"]

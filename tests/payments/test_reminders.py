"""A link and a time for a store are reminded of before they end: once, by day, past the gate."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select, update

from bot.billing.deadlines import remind_at
from bot.compliance import countries
from bot.messaging.sending.verdicts import explain
from bot.payments import reminders
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now, utc_now
from bot.store.tables import outbound_messages, payment_links
from bot.text.format import TOKYO
from tests.messaging.campaign import DAY, NIGHT
from tests.paying import ALICE, HANAKO, Paying

JAPAN = next(country for country in countries.shipped() if country.name == "jp")
AMERICA = next(country for country in countries.shipped() if country.name == "us")
PLANS = {
    "three hours ahead": ("10 14:00", "11 14:00", "11 11:00"),
    "before the night in which it ends": ("10 03:00", "11 03:00", "10 20:30"),
    "before the night, where three hours ahead were in it": ("10 09:00", "11 09:00", "10 20:30"),
    "just after the night": ("10 11:00", "11 11:00", "11 08:00"),
    "not where that was told just now": ("10 20:00", "10 23:00", None),
    "not where the night before is over": ("10 07:00", "10 10:00", None),
    "a day ahead of a time of days": ("10 14:00", "13 23:59", "12 20:30"),
}


def moment(written: str) -> datetime:
    return datetime.strptime(f"2026-11-{written}", "%Y-%m-%d %H:%M").replace(tzinfo=TOKYO)


@pytest.mark.parametrize(("told", "ends", "at"), PLANS.values(), ids=PLANS)
def test_a_deadline_is_told_of_by_day(told: str, ends: str, at: str | None) -> None:
    assert remind_at(JAPAN, moment(told), moment(ends)) == (moment(at) if at else None)


def test_it_is_day_everywhere_in_a_wide_country() -> None:
    for hour in range(24):
        told = moment(f"10 {hour:02}:00")
        at = remind_at(AMERICA, told, told + timedelta(hours=24))
        assert at is None or AMERICA.opens(at) == at


@pytest.fixture
def paying(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Paying:
    """Hanako, who agreed to be reminded, with her link, by day."""
    monkeypatch.setattr(countries, "shipped", lambda: DAY)
    paying = Paying.at(runtime)
    paying.is_customer()
    paying.gets_link()
    paying.texting.says(HANAKO, "はい")
    return paying


def it_is_time(paying: Paying) -> list[str]:
    """The moment to remind has come; what is sent because of it."""
    due = update(payment_links).where(payment_links.c.remind_at.is_not(None))
    paying.changes(due.values(remind_at=seconds_from_now(-1)))
    return clock_turns(paying)


def clock_turns(paying: Paying) -> list[str]:
    reminders.remind_due(paying.runtime)
    paying.texting.sends()
    return paying.texting.new_keys()


def reminder(paying: Paying) -> Row[Any]:
    with paying.runtime.engine.begin() as connection:
        these = outbound_messages.c.script_key.like("payment.reminder%")
        return connection.execute(
            select(outbound_messages, utc_now().label("now")).where(these)
        ).one()


def test_a_link_that_ends_soon_is_reminded_of_once(paying: Paying) -> None:
    assert clock_turns(paying) == []
    assert it_is_time(paying) == ["payment.reminder"]
    assert it_is_time(paying) == []

    ends = paying.link().expires_at.astimezone(TOKYO)
    assert f"期限は{ends.month}/{ends.day} {ends:%H:%M}です" in paying.bodies()[-1]
    sent = reminder(paying)
    assert (sent.message_class, sent.payment_link_id) == ("reminder", paying.link().id)
    assert sent.expires_at - paying.link().expires_at < timedelta(seconds=5)


@pytest.mark.parametrize("status", ["queued", "canceled", "failed"])
def test_a_link_that_nobody_got_is_not_reminded_of(paying: Paying, status: str) -> None:
    carries_it = outbound_messages.c.payment_link_id == paying.link().id
    paying.changes(update(outbound_messages).where(carries_it).values(status=status))
    due = update(payment_links).values(remind_at=seconds_from_now(-1))
    paying.changes(due)

    assert reminders.remind_due(paying.runtime) == 0
    assert paying.link().remind_at is None


def test_it_is_told_in_english(paying: Paying) -> None:
    paying.is_customer(ALICE, digits="5678", due=4210, currency="USD")
    paying.gets_link(ALICE, "PAY")
    paying.texting.says(ALICE, "yes")

    assert it_is_time(paying).count("payment.reminder") == 2
    assert "Reply PAY for a new one" in paying.bodies(ALICE)[-1]


def test_cash_that_is_awaited_is_reminded_of_instead(paying: Paying) -> None:
    paying.begins()
    in_three_days = int((datetime.now(TOKYO) + timedelta(days=3)).timestamp())
    paying.told("pending", pay_by=in_three_days)

    left = paying.link().remind_at - datetime.now(TOKYO)
    assert timedelta(days=1, hours=12) < left <= timedelta(days=2)
    assert it_is_time(paying) == ["payment.reminder_store"]
    assert it_is_time(paying) == []


def test_no_other_link_of_the_account_is_reminded_of_while_cash_is_awaited(paying: Paying) -> None:
    paying.begins()
    reference = paying.gateway.asked[-1].reference
    paying.gets_link()
    paying.told("pending", reference=reference)

    assert it_is_time(paying) == []


def test_who_was_reminded_of_the_link_is_not_of_the_store(paying: Paying) -> None:
    it_is_time(paying)
    paying.begins()
    in_three_days = int((datetime.now(TOKYO) + timedelta(days=3)).timestamp())
    paying.told("pending", pay_by=in_three_days)

    assert it_is_time(paying) == []


@pytest.mark.parametrize("end", ["paid", "revoked", "stopped", "expired"])
def test_what_is_over_is_not_reminded_of(paying: Paying, end: str) -> None:
    if end == "paid":
        paying.begins()
        paying.told("paid")
    elif end == "revoked":
        paying.changes(update(payment_links).values(status="revoked"))
    elif end == "stopped":
        paying.texting.says(HANAKO, "配信停止")
    else:
        paying.link_expires()

    assert it_is_time(paying) == []


@pytest.mark.parametrize(
    ("what", "rule"),
    [("promise", "hold promise"), ("refusal", "consent"), ("night", "hours")],
)
def test_the_gate_has_the_last_word(
    paying: Paying, what: str, rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if what == "promise":
        paying.texting.says(HANAKO, "明日払います")
    elif what == "refusal":
        paying.is_customer(ALICE, digits="5678", due=4210, currency="USD")
        paying.changes(update(payment_links).values(remind_at=None))
        paying.gets_link(ALICE, "PAY")
        paying.texting.says(ALICE, "no")
    else:
        monkeypatch.setattr(countries, "shipped", lambda: NIGHT)

    assert it_is_time(paying) == []
    message = reminder(paying).id
    with paying.runtime.engine.begin() as connection:
        told = explain(connection, message)
    assert told is not None
    assert rule in [reason["rule"] for reason in told.verdict_reasons]


@pytest.mark.parametrize("what", ["payment", "new link", "stop"])
def test_one_that_waits_for_the_morning_is_taken_back(
    paying: Paying, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as night:
        night.setattr(countries, "shipped", lambda: NIGHT)
        assert it_is_time(paying) == []
    assert reminder(paying).status == "queued"

    if what == "payment":
        paying.begins()
        paying.told("paid")
    elif what == "stop":
        paying.texting.says(HANAKO, "配信停止")
    else:
        paying.gets_link()

    taken_back = reminder(paying)
    assert taken_back.status == "canceled"
    assert taken_back.reason in {
        "a new link was made",
        "the recipient stopped all messages",
        f"paid meanwhile: receipt {paying.link().receipt_number}",
    }

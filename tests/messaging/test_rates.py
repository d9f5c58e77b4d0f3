"""Delivery rates: the arithmetic, what is counted, and when somebody is told."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from bot import alerts
from bot.alerts import Kind
from bot.messaging.reports import counts, retries, watch
from bot.messaging.reports.counts import HOUR, totals
from bot.messaging.reports.rates import Tally, at_least, fell, is_back
from bot.store.columns import seconds_from_now, utc_now
from bot.store.session import transact
from bot.store.tables import alerts as alert_rows
from bot.store.tables import delivery_counts, outbound_messages
from tests.messaging.campaign import DAY, people, queue
from tests.messaging.lines import HANAKO, TARO
from tests.messaging.reporting import told
from tests.people import OURS, Texting

WEEK = Tally(1900, 100)


@pytest.mark.parametrize(
    ("losses", "total", "chance", "expected"),
    [
        (0, 10, 0.5, 1.0),
        (10, 10, 0.5, 0.5**10),
        (1, 2, 0.5, 0.75),
        (2, 30, 0.01, 0.0361),
        (300, 1000, 0.25, 0.00020),
    ],
)
def test_the_probability_of_so_many_losses(
    losses: int, total: int, chance: float, expected: float
) -> None:
    assert at_least(losses, total, chance) == pytest.approx(expected, rel=0.05)


@given(st.integers(1, 5000), st.integers(0, 5000), st.floats(1e-6, 1 - 1e-6))
def test_a_probability_is_one(total: int, losses: int, chance: float) -> None:
    assert 0 <= at_least(min(losses, total), total, chance) <= 1


RATES = [
    ("one handset that is off", Tally(0, 1), WEEK, False, False),
    ("too little past", Tally(0, 100), Tally(150, 10), False, False),
    ("as ever", Tally(95, 5), WEEK, False, True),
    ("better than ever", Tally(100, 0), WEEK, False, True),
    ("chance", Tally(88, 12), WEEK, False, False),
    ("a filter", Tally(50, 50), WEEK, True, False),
    ("all is filtered", Tally(0, 30), WEEK, True, False),
    ("a small fall of many", Tally(8900, 1100), WEEK, True, False),
    ("a fall too small to matter", Tally(92000, 8000), WEEK, False, False),
    ("after a week without a loss", Tally(29, 1), Tally(2000, 0), False, False),
    ("where nothing is ever told", Tally(0, 500), Tally(0, 9000), False, True),
]


@pytest.mark.parametrize(
    ("name", "lately", "before", "falls", "back"), RATES, ids=[row[0] for row in RATES]
)
def test_a_fall_is_more_than_chance(
    name: str, lately: Tally, before: Tally, falls: bool, back: bool
) -> None:
    assert (fell(lately, before), is_back(lately, before)) == (falls, back)


def now_of(texting: Texting) -> datetime:
    with texting.runtime.engine.begin() as connection:
        return connection.execute(select(utc_now())).scalar_one()


def this_hour(texting: Texting) -> datetime:
    return now_of(texting).replace(minute=0, second=0, microsecond=0)


def history(
    texting: Texting,
    hours_ago: int,
    arrived: int,
    lost: int,
    carrier: str = "docomo",
    status: str = "undelivered",
) -> None:
    """What was counted in one hour."""
    hour = this_hour(texting) - hours_ago * HOUR
    row = {"hour": hour, "sender_id": 1, "carrier": carrier}
    rows = [
        {**row, "status": "delivered", "error_code": 0, "messages": arrived},
        {**row, "status": status, "error_code": 30007 if status else 0, "messages": lost},
    ]
    with texting.runtime.engine.begin() as connection:
        connection.execute(insert(delivery_counts), rows)


def usual_week(texting: Texting, carrier: str = "docomo") -> None:
    for day in range(2, 8):
        history(texting, 24 * day, arrived=95, lost=5, carrier=carrier)


def told_of(texting: Texting) -> list[tuple[str, str]]:
    """Watch once; the open alerts on rates."""
    transact(texting.runtime.engine, watch.watch)
    with texting.runtime.engine.begin() as connection:
        found = alerts.unsettled(connection)
    return [(one.subject, one.words) for one in found if one.kind == Kind.DELIVERY]


def test_a_carrier_that_filters_is_told_and_the_other_is_not(texting: Texting) -> None:
    for carrier in ("docomo", "SoftBank"):
        usual_week(texting, carrier)
    history(texting, 0, arrived=20, lost=20)
    history(texting, 0, arrived=38, lost=2, carrier="SoftBank")

    [(subject, words)] = told_of(texting)
    assert subject == "1/docomo"
    assert words.startswith(f"Fewer messages from {OURS} to docomo arrive: 20 of 40 (50%) since ")
    assert words.endswith("The most frequent error is 30007, 20 times.")


def test_silence_of_an_hour_is_an_answer_too(texting: Texting) -> None:
    usual_week(texting, "")
    history(texting, 0, arrived=30, lost=40, carrier="", status="")
    assert told_of(texting) == []

    history(texting, 2, arrived=0, lost=40, carrier="", status="")
    [(subject, words)] = told_of(texting)
    assert (subject, "No error is told." in words) == ("1/", True)


def test_a_slow_fall_shows_over_a_day(texting: Texting) -> None:
    usual_week(texting)
    for hour in range(20):
        history(texting, hour, arrived=36, lost=7)

    assert [subject for subject, _ in told_of(texting)] == ["1/docomo"]


def test_good_news_of_this_hour_alone_settles_nothing(texting: Texting) -> None:
    usual_week(texting)
    history(texting, 2, arrived=20, lost=20)
    assert len(told_of(texting)) == 1

    history(texting, 0, arrived=96, lost=4)
    assert len(told_of(texting)) == 1


def test_a_rate_that_is_back_settles_its_alert_by_itself(texting: Texting) -> None:
    usual_week(texting)
    history(texting, 5, arrived=20, lost=20)
    for _ in range(2):
        assert len(told_of(texting)) == 1

    history(texting, 2, arrived=96, lost=4)
    assert told_of(texting) == []
    with texting.runtime.engine.begin() as connection:
        row = connection.execute(select(alert_rows)).one()
    assert (row.settled_by, row.count) == ("clock", 2)
    assert told_of(texting) == []


def test_trouble_that_lasts_does_not_become_the_standard(texting: Texting) -> None:
    for day in range(10, 15):
        history(texting, 24 * day, arrived=95, lost=5)
    with texting.runtime.engine.begin() as connection:
        alerts.alert(connection, Kind.DELIVERY, "1/docomo", "it fell")
        began = {"created_at": seconds_from_now(-9 * 24 * 3600)}
        connection.execute(update(alert_rows).values(began))
    for hour in range(0, 24 * 9, 8):
        history(texting, hour, arrived=50, lost=50)

    assert len(told_of(texting)) == 1


def test_an_hour_is_counted_by_carrier_status_and_error(
    texting: Texting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.messaging.sending.facts.countries.shipped", lambda: DAY)
    with texting.runtime.engine.begin() as connection:
        queue(connection, people(connection, [TARO])[0])
    texting.sends()
    told(texting, "undelivered", 30003, carrier="au")
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(outbound_messages).values(retry_at=seconds_from_now(-1)))
        retries.requeue_due(connection)
    texting.sends()
    told(texting, "delivered", carrier="docomo")
    texting.says(HANAKO, "ヘルプ")
    texting.says(HANAKO, "ヘルプ", OptOutType="HELP")
    for _ in range(2):
        counts.refresh(texting.runtime.engine, now_of(texting) - HOUR)

    since = now_of(texting) - HOUR
    with texting.runtime.engine.begin() as connection:
        found = totals(connection, since)
    assert [(one.carrier, one.status, one.error_code, one.messages) for one in found] == [
        ("", "", 0, 1),
        ("au", "undelivered", 30003, 1),
        ("docomo", "delivered", 0, 1),
    ]


def test_a_late_report_moves_what_was_counted(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    for status in ("sent", "delivered"):
        told(texting, status)
        counts.refresh(texting.runtime.engine, now_of(texting))

    since = now_of(texting)
    with texting.runtime.engine.begin() as connection:
        [one] = totals(connection, since)
    assert (one.sender, one.status, one.messages) == (OURS, "delivered", 1)


def test_hours_are_whole_hours_of_utc() -> None:
    since, until = datetime(2026, 7, 1, 9, 59, tzinfo=UTC), datetime(2026, 7, 1, 11, tzinfo=UTC)
    assert [hour.hour for hour in counts._hours(since, until)] == [9, 10, 11]
    assert counts._hours(since, since + timedelta(0)) is not None

"""The figures of a day on both kinds of database: what they count, and that they stay right."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update

from bot import errors
from bot.messaging.reports import retries
from bot.messaging.reports.texts import Outcome
from bot.overview.dashboard import counting, keeping, reading
from bot.overview.dashboard.asked import Asked, Period
from bot.overview.dashboard.figures import Figure, Figures, told
from bot.overview.dashboard.reading import Numbers
from bot.overview.dashboard.waiting import waiting
from bot.runtime import Runtime
from bot.staff import departments
from bot.staff.departments import EVERYTHING, Scope
from bot.store.columns import seconds_from_now
from bot.store.tables import (
    campaigns,
    clock_rounds,
    daily_figures,
    inbound_messages,
    outbound_messages,
    senders,
)
from bot.text.format import TOKYO
from tests.carrier import Carrier
from tests.messaging import reporting
from tests.messaging.campaign import people, queue
from tests.paying import Paying
from tests.people import Texting

HANAKO, TARO = "+819000000001", "+819000000002"
NUMBERS = [f"+8190000010{number:02}" for number in range(10)]


def today() -> date:
    return datetime.now(TOKYO).date()


def of(days: int = 1, scope: Scope = EVERYTHING, **more: str) -> Asked:
    """The last days; a midnight that passes meanwhile shall not matter."""
    first = today() - timedelta(days=days)
    return replace(Asked.read(more, scope, today()), since=first, until=today())


def numbers(runtime: Runtime, asked: Asked | None = None) -> Numbers:
    """What the dashboard tells once the clock has counted."""
    for _ in range(3):
        keeping.turn(runtime)
    with runtime.engine.begin() as connection:
        return reading.read(connection, asked or of())


def scripts(runtime: Runtime) -> Mapping[str, Figures]:
    """The same of each script."""
    with runtime.engine.begin() as connection:
        return reading.by_script(connection, of())


def test_of_ten_messages_three_are_answered_within_a_median_time(texting: Texting) -> None:
    with texting.runtime.engine.begin() as connection:
        for one in people(connection, NUMBERS):
            queue(connection, one)
    texting.sends()
    sent_at = select(outbound_messages.c.sent_at).where(outbound_messages.c.id == 1)
    for seconds, number in ((30, NUMBERS[0]), (90, NUMBERS[1]), (600, NUMBERS[2])):
        texting.hears(number, "ヘルプ")
        with texting.runtime.engine.begin() as connection:
            at = connection.execute(sent_at).scalar_one() + timedelta(seconds=seconds)
            theirs = update(inbound_messages).where(inbound_messages.c.sender == number)
            connection.execute(theirs.values(written_at=at))

    found = numbers(texting.runtime)
    reminder = scripts(texting.runtime)["campaign.reminder"]
    assert (reminder.total(Figure.SENT), reminder.reply_rate) == (10, 0.3)
    assert reminder.reply_seconds == 90
    assert found.total.total(Figure.SEGMENTS) == found.total.total(Figure.ATTEMPTS) == 10


def test_delivery_is_told_by_carrier_and_code_and_stays_right(texting: Texting) -> None:
    for number in (HANAKO, TARO):
        texting.says(number, "ヘルプ")
    reporting.told(texting, "sent", message=1, carrier="docomo")
    assert numbers(texting.runtime).total.arrival_rate is None
    reporting.told(texting, "undelivered", 30003, message=1, carrier="docomo")
    with texting.runtime.engine.begin() as connection:
        first = update(outbound_messages).where(outbound_messages.c.id == 1)
        connection.execute(first.values(retry_at=seconds_from_now(-1)))
        retries.requeue_due(connection)
    texting.sends()
    reporting.told(texting, "delivered", message=1, carrier="au")

    for _ in range(2):
        found = numbers(texting.runtime).total
        assert found.by(Figure.ATTEMPTS) == {"": 1, "au": 1, "docomo": 1}
        assert found.by(Figure.ATTEMPTS_ARRIVED) == {"au": 1}
        assert found.by(Figure.ATTEMPTS_LOST) == {"docomo": 1}
        assert found.by(Figure.ERRORS) == {"30003": 1}
        assert found.total(Figure.SENT) == 2
        assert found.arrival_rate == 0.5


def test_how_texts_were_understood_and_who_stopped(texting: Texting, carrier: Carrier) -> None:
    texting.says(HANAKO, "はい")
    texting.says(HANAKO, "zzz qqq")
    texting.says(HANAKO, "しつこい")
    texting.says(HANAKO, "停止")
    texting.says(HANAKO, "停止")
    texting.says(TARO, "停止")

    found = numbers(texting.runtime).total
    received = found.by(Figure.RECEIVED)
    assert received[Outcome.NOT_UNDERSTOOD] == received[Outcome.CLARIFIED] == 1
    assert found.read == 6
    assert found.read_as(Outcome.CLARIFIED) == 1 / 6
    assert found.total(Figure.STOPPED) == 2, "a stop that is said twice is one person's"
    assert found.total(Figure.REPLIED) == 5
    assert found.answer_seconds is not None


def test_the_way_to_a_payment(runtime: Runtime) -> None:
    paying = Paying.at(runtime)
    paying.is_customer()
    paying.texting.says(HANAKO, "はい")
    paying.texting.says(HANAKO, "はい")
    paying.gets_link()
    paying.opens()
    paying.answers()
    paying.taps_pay()
    paying.told("paid")

    found = numbers(paying.runtime)
    steps = found.total.by(Figure.STEP)
    assert steps == scripts(runtime)["payment.link"].by(Figure.STEP)
    assert steps == {
        "sent": 1,
        "opened": 1,
        "verified": 1,
        "started": 1,
        "paid": 1,
    }
    assert (found.total.total(Figure.PAGES), found.total.total(Figure.PAYMENTS)) == (1, 1)


def test_a_department_sees_its_own_senders(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    with texting.runtime.engine.begin() as connection:
        connection.execute(insert(senders).values(number="+815012345679", brand="みどり"))
        for name, own in (("ours", [1]), ("others", [2])):
            departments.change(connection, departments.add(connection, name), name, own)

    def sent(asked: Asked) -> int:
        return numbers(texting.runtime, asked).total.total(Figure.SENT)

    assert (sent(of(scope=Scope(1))), sent(of(scope=Scope(2)))) == (1, 0)
    assert (sent(of(department="1")), sent(of(department="2"))) == (1, 0)
    assert (sent(of(sender="1")), sent(of(sender="2"))) == (1, 0)
    assert sent(of(scope=Scope(2), sender="1", department="1")) == 0


def test_a_campaign_has_figures_of_its_own_and_the_stops_after_it(texting: Texting) -> None:
    texting.says(TARO, "ヘルプ")
    with texting.runtime.engine.begin() as connection:
        spring = {"name": "spring", "kind": "notice", "purpose": "billing", "created_by": "staff:x"}
        connection.execute(insert(campaigns).values(**spring, script_key="campaign.reminder"))
        for one in people(connection, NUMBERS[:3]):
            queue(connection, one)
        reminders = outbound_messages.c.script_key == "campaign.reminder"
        connection.execute(update(outbound_messages).where(reminders).values(campaign_id=1))
    texting.sends()
    texting.says(NUMBERS[0], "停止")
    texting.says(TARO, "停止")

    found = numbers(texting.runtime, of(campaign="1")).total
    assert (found.total(Figure.ATTEMPTS), found.total(Figure.SENT)) == (3, 3)
    assert (found.total(Figure.ANSWERED), found.total(Figure.STOPPED)) == (1, 1)
    assert numbers(texting.runtime).total.total(Figure.STOPPED) == 2
    with texting.runtime.engine.begin() as connection:
        assert reading.campaigns_sent(connection, of()) == {"1": "spring"}
        assert reading.campaigns_sent(connection, of(scope=Scope(1))) == {}


def test_what_waits_now(texting: Texting, carrier: Carrier) -> None:
    carrier.faults.append(errors.Throttled("slower", 20429))
    texting.says(HANAKO, "ヘルプ")
    with texting.runtime.engine.begin() as connection:
        past = update(outbound_messages).values(not_before=seconds_from_now(-60))
        connection.execute(past)
    with texting.runtime.engine.begin() as connection:
        ours, others = waiting(connection, of()), waiting(connection, of(sender="2"))

    assert (ours["unsent"].count, others["unsent"].count) == (1, 0)
    assert timedelta(seconds=60) <= ours["unsent"].oldest < timedelta(minutes=5)
    assert {name: queue.count for name, queue in ours.items() if name != "unsent"} == {
        "unanswered": 0,
        "people": 0,
        "held": 0,
    }


def test_days_before_the_clock_knew_are_counted_one_by_one(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    long_ago = datetime.now(UTC) - timedelta(days=40)
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(outbound_messages).values(sent_at=long_ago))
    for turns in range(1, 42):
        keeping.turn(texting.runtime)
        with texting.runtime.engine.begin() as connection:
            progress = keeping.progress(connection)
            assert progress is not None
            assert progress.since >= today() - timedelta(days=turns + 1)

    with texting.runtime.engine.begin() as connection:
        found = reading.read(connection, of(days=45))
        last = keeping.progress(connection)
    assert found.days[long_ago.astimezone(TOKYO).date()].total(Figure.SENT) == 1
    assert last is not None
    assert last.since == long_ago.astimezone(TOKYO).date()


def test_after_a_pause_every_day_of_it_is_counted(texting: Texting) -> None:
    keeping.turn(texting.runtime)
    texting.says(HANAKO, "ヘルプ")
    with texting.runtime.engine.begin() as connection:
        pause = datetime.now(UTC) - timedelta(days=5)
        connection.execute(update(outbound_messages).values(sent_at=pause))
        connection.execute(update(inbound_messages).values(created_at=pause))
        connection.execute(update(clock_rounds).values(covered_until=pause))
    for _ in range(6):
        keeping.turn(texting.runtime)
    with texting.runtime.engine.begin() as connection:
        rows = connection.execute(select(func.count()).select_from(daily_figures)).scalar_one()
        found = reading.read(connection, of(days=6))
    assert rows > 0
    assert found.days[pause.astimezone(TOKYO).date()].total(Figure.SENT) == 1


def test_a_day_is_one_in_japan(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    # 23:59 and 00:01 in Japan, which is one day in UTC.
    for minute, day in ((timedelta(minutes=-1), date(2026, 7, 1)), (timedelta(minutes=1), None)):
        at = datetime(2026, 7, 2, tzinfo=TOKYO) + minute
        with texting.runtime.engine.begin() as connection:
            connection.execute(update(outbound_messages).values(sent_at=at))
        for each in (date(2026, 7, 1), date(2026, 7, 2)):
            counting.count_day(texting.runtime.engine, each)
        with texting.runtime.engine.begin() as connection:
            of_all = (daily_figures.c.figure == Figure.SENT, daily_figures.c.script_key == "")
            sent = select(daily_figures.c.day).where(*of_all)
            assert connection.execute(sent).scalar_one() == (day or date(2026, 7, 2))


def test_a_day_is_also_counted_by_the_hour_in_japan(texting: Texting) -> None:
    for number, hour in ((HANAKO, 9), (TARO, 23)):
        texting.says(number, "ヘルプ")
        at = datetime(2026, 7, 2, hour, 59, tzinfo=TOKYO)
        with texting.runtime.engine.begin() as connection:
            newest = select(func.max(outbound_messages.c.id)).scalar_subquery()
            ours = update(outbound_messages).where(outbound_messages.c.id == newest)
            connection.execute(ours.values(sent_at=at))
            theirs = update(inbound_messages).where(inbound_messages.c.sender == number)
            connection.execute(theirs.values(created_at=at))
    counting.count_day(texting.runtime.engine, date(2026, 7, 2))

    asked = replace(of(), since=date(2026, 7, 2), until=date(2026, 7, 2))
    with texting.runtime.engine.begin() as connection:
        figures = reading.read(connection, asked).total
        several = reading.read(connection, replace(asked, since=date(2026, 7, 1))).total
    for figure in (Figure.ATTEMPTS, Figure.RECEIVED):
        counted = {hour: figures.of_hour(hour).total(figure) for hour in range(24)}
        assert {hour: number for hour, number in counted.items() if number} == {9: 1, 23: 1}
        assert several.total(figure) == 2
    assert several.by(Figure.HOUR_ATTEMPTS) == {}


TOLD = [
    (-1.0, 0),
    (0.4, 0),
    (90.6, 91),
    (119.9, 120),
    (150, 120),
    (3 * 3600 + 1700, 3 * 3600),
    (47 * 3600, 47 * 3600),
    (49 * 3600, 2 * 86400),
]


@pytest.mark.parametrize(("seconds", "expected"), TOLD)
def test_a_time_is_as_exact_as_people_tell_it(seconds: float, expected: int) -> None:
    assert told(seconds) == expected


@pytest.mark.parametrize(
    ("times", "median"),
    [({}, None), ({"5": 1}, 5), ({"5": 1, "10": 1}, 7.5), ({"10": 2, "5": 9, "100": 1}, 5)],
)
def test_the_median_of_times(times: dict[str, int], median: float | None) -> None:
    rows = [(Figure.ANSWERED, seconds, count) for seconds, count in times.items()]
    assert Figures.of(rows).reply_seconds == median


DAY_ASKED = date(2026, 7, 15)
ASKED = [
    ({}, Period.WEEK, date(2026, 7, 9), DAY_ASKED),
    ({"period": "today"}, Period.TODAY, DAY_ASKED, DAY_ASKED),
    ({"period": "30"}, Period.MONTH, date(2026, 6, 16), DAY_ASKED),
    ({"period": "own"}, Period.WEEK, date(2026, 7, 9), DAY_ASKED),
    ({"since": "2026-07-09", "until": "2026-07-15"}, Period.WEEK, date(2026, 7, 9), DAY_ASKED),
    (
        {"since": "2026-07-01", "until": "2026-07-03"},
        Period.OWN,
        date(2026, 7, 1),
        date(2026, 7, 3),
    ),
    ({"since": "2026-07-20", "until": "9999-12-31"}, Period.OWN, DAY_ASKED, DAY_ASKED),
    ({"since": "0001-01-01"}, Period.OWN, date(2025, 6, 11), DAY_ASKED),
    ({"until": "0001-01-01"}, Period.OWN, date(3, 3, 12), date(3, 3, 12)),
    ({"since": "yesterday", "sender": "x"}, Period.WEEK, date(2026, 7, 9), DAY_ASKED),
]


@pytest.mark.parametrize(("given", "period", "since", "until"), ASKED)
def test_what_an_address_asks_for(
    given: dict[str, str], period: Period, since: date, until: date
) -> None:
    asked = Asked.read(given, EVERYTHING, DAY_ASKED)
    assert (asked.period, asked.since, asked.until) == (period, since, until)
    assert Asked.read(asked.address(), EVERYTHING, DAY_ASKED) == asked
    assert asked.before().until < asked.since

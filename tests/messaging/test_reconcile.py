"""Our tables against the provider's list: statuses that were never told, in every way."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot import alerts, errors
from bot.alerts import Kind
from bot.messaging.reconciling import night
from bot.messaging.reconciling.reconcile import Progress, reconcile
from bot.messaging.reports import retries
from bot.providers import Way
from bot.senders import registry
from bot.senders.sender import Details
from bot.store.columns import seconds_from_now
from bot.store.session import transact
from bot.store.tables import clock_rounds, earlier_attempts, outbound_messages
from tests.archive import Archive
from tests.messaging.campaign import DAY, people, queue
from tests.messaging.lines import HANAKO, let_pass, look_up, rows, statuses
from tests.messaging.reporting import kept, message_row, told
from tests.people import OURS, Texting

HOUR, MINUTES = timedelta(hours=1), timedelta(minutes=15)


@pytest.fixture
def archive(texting: Texting) -> Archive:
    """The carrier of `texting`, and what it keeps."""
    archive = Archive()
    texting.runtime = replace(texting.runtime, provider=archive)
    return archive


def always() -> bool:
    return True


def compare(texting: Texting, archive: Archive, dry_run: bool = False) -> Progress:
    """Compare the last two days, as of a moment when all that is in them is old enough."""
    now = datetime.now(UTC)
    progress = Progress(now - timedelta(days=2), now + MINUTES)
    with texting.runtime.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE senders SET created_at = '2026-01-01'")
    assert reconcile(texting.runtime, archive, progress, lambda _: None, always, dry_run)
    return progress


def a_night_ago(texting: Texting) -> None:
    """The last night's round is due."""
    with texting.runtime.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE senders SET created_at = '2026-01-01'")
    night.at_night(texting.runtime, always)
    with texting.runtime.engine.begin() as connection:
        past = update(clock_rounds).values(covered_until=seconds_from_now(-2 * 86400))
        connection.execute(past)


def found(texting: Texting) -> dict[str, object]:
    with texting.runtime.engine.begin() as connection:
        return dict(connection.execute(select(clock_rounds.c.found)).scalar_one())


def send_to_many(texting: Texting, count: int) -> list[str]:
    """Reminders to so many people leave; returns the provider's ids."""
    with texting.runtime.engine.begin() as connection:
        for one in people(connection, [f"+81900001{number:04}" for number in range(count)]):
            queue(connection, one)
    texting.sends()
    ordered = select(outbound_messages.c.provider_sid).order_by(outbound_messages.c.id)
    with texting.runtime.engine.begin() as connection:
        return list(connection.execute(ordered).scalars())


@pytest.fixture
def at_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unsolicited messages may leave at any hour."""
    monkeypatch.setattr("bot.messaging.sending.facts.countries.shipped", lambda: DAY)


@pytest.mark.usefixtures("at_day")
def test_after_a_day_with_one_lost_callback_in_a_hundred_every_status_is_true(
    texting: Texting, archive: Archive
) -> None:
    archive.page_size = 64
    sids = send_to_many(texting, 200)
    for number, sid in enumerate(sids):
        last = ("undelivered", 30006) if number % 10 == 9 else ("delivered", None)
        archive.becomes(sid, *last)
        if number % 100 != 50:
            told(texting, "sent", sid=sid)
        if number % 100 != 49:
            told(texting, *last, sid=sid)
    a_night_ago(texting)
    night.at_night(texting.runtime, always)

    told_now = {row.provider_sid: row for row in kept(texting, outbound_messages)}
    truth = {one.sid: (one.status, one.error_code) for one in archive.book}
    assert {s: (r.delivery_status, r.error_code) for s, r in told_now.items()} == truth
    assert (found(texting)["statuses"], found(texting)["foreign"]) == (2, 0)


def test_a_night_is_neither_repeated_nor_left_out(texting: Texting, archive: Archive) -> None:
    night.at_night(texting.runtime, always)
    assert archive.asked == []

    a_night_ago(texting)
    for _ in range(3):
        night.at_night(texting.runtime, always)
    assert archive.asked == [(Way.IN, None), (Way.OUT, None)]


def test_a_night_that_was_cut_off_goes_on_at_its_page(texting: Texting, archive: Archive) -> None:
    archive.page_size = 1
    for number in range(4):
        texting.says(f"+81900000000{number}", "ヘルプ")
    a_night_ago(texting)
    pages = iter([True, True, False])
    night.at_night(texting.runtime, lambda: next(pages))
    assert [way for way, _ in archive.asked] == [Way.IN, Way.OUT, Way.OUT, Way.OUT]

    first_page, archive.asked = archive.asked[1], []
    for one in archive.book:
        archive.becomes(one.sid, "delivered")
    night.at_night(texting.runtime, always)
    assert first_page not in archive.asked
    assert [way for way, _ in archive.asked] == [Way.OUT]
    assert rows(texting)[0] == ("sent", "delivered")
    night.at_night(texting.runtime, always)
    assert len(archive.asked) == 1


def test_a_night_that_was_cut_off_goes_on_with_the_numbers_that_are_left(
    texting: Texting, archive: Archive
) -> None:
    with texting.runtime.engine.begin() as connection:
        registry.add(connection, "050-0000-0002", Details())
    a_night_ago(texting)
    pages = iter([True, False])
    night.at_night(texting.runtime, lambda: next(pages))
    assert archive.numbers == [OURS, OURS, "+815000000002", "+815000000002"]

    archive.numbers.clear()
    night.at_night(texting.runtime, always)
    assert archive.numbers == ["+815000000002"] * 2


@pytest.mark.parametrize("fault", [errors.Uncertain("500"), errors.Throttled("slow down")])
def test_a_list_that_does_not_come_is_asked_for_again(
    texting: Texting, archive: Archive, fault: errors.SendError
) -> None:
    texting.says(HANAKO, "ヘルプ")
    archive.becomes(archive.book[0].sid, "delivered")
    a_night_ago(texting)
    archive.faults_of_list = [None, fault]
    night.at_night(texting.runtime, always)
    assert rows(texting) == [("sent", None)]

    night.at_night(texting.runtime, always)
    assert rows(texting) == [("sent", "delivered")]


def test_a_page_that_is_gone_is_no_dead_end(texting: Texting, archive: Archive) -> None:
    archive.page_size = 1
    for number in range(3):
        texting.says(f"+81900000000{number}", "ヘルプ")
    a_night_ago(texting)
    pages = iter([True, False])
    night.at_night(texting.runtime, lambda: next(pages))
    del archive.book[0]
    archive.becomes(archive.book[0].sid, "delivered")
    night.at_night(texting.runtime, always)

    assert rows(texting)[1] == ("sent", "delivered")
    assert found(texting)["statuses"] == 3


def test_what_another_version_left_unfinished_is_begun_anew(
    texting: Texting, archive: Archive
) -> None:
    texting.says(HANAKO, "ヘルプ")
    archive.becomes(archive.book[0].sid, "delivered")
    a_night_ago(texting)
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(clock_rounds).values(unfinished={"since": "?", "new": 1}))
    night.at_night(texting.runtime, always)

    assert rows(texting) == [("sent", "delivered")]


def test_a_dry_run_counts_and_changes_nothing(texting: Texting, archive: Archive) -> None:
    texting.says(HANAKO, "ヘルプ")
    archive.becomes(archive.book[0].sid, "delivered")
    archive.received(HANAKO, "ヘルプ", "SMlost", 2 * HOUR)
    archive.foreign(HANAKO, "?", "SMforeign", HOUR)
    progress = compare(texting, archive, dry_run=True)

    assert vars(progress.found) == {
        "statuses": 1,
        "texts": 1,
        "foreign": 1,
        "named": ["SMforeign"],
    }
    assert rows(texting) == [("sent", None)]
    with texting.runtime.engine.begin() as connection:
        assert not alerts.unsettled(connection)


def test_doing_it_twice_changes_nothing(texting: Texting, archive: Archive) -> None:
    texting.says(HANAKO, "ヘルプ")
    archive.becomes(archive.book[0].sid, "undelivered", 30006)
    assert compare(texting, archive).found.statuses == 1
    assert compare(texting, archive).found.statuses == 0
    assert [report.times for report in kept(texting)] == [1]


def test_a_status_that_the_list_does_not_know_yet_changes_nothing(
    texting: Texting, archive: Archive
) -> None:
    texting.says(HANAKO, "ヘルプ")
    told(texting, "delivered")
    archive.becomes(archive.book[0].sid, "sent")

    assert compare(texting, archive).found.statuses == 0
    assert rows(texting) == [("sent", "delivered")]


def test_a_message_under_our_number_that_we_did_not_send_is_told_once(
    texting: Texting, archive: Archive
) -> None:
    archive.foreign(HANAKO, "?", "SMforeign", HOUR)
    for _ in range(2):
        compare(texting, archive)

    with texting.runtime.engine.begin() as connection:
        [found] = alerts.unsettled(connection)
    assert (found.kind, found.subject, found.count) == (Kind.FOREIGN, "1", 2)
    assert OURS in found.words
    assert HANAKO not in found.words


def test_a_message_that_is_being_sent_is_not_foreign(texting: Texting, archive: Archive) -> None:
    archive.foreign(HANAKO, "?", "SMjust now")
    now = datetime.now(UTC)
    progress = Progress(now - HOUR, now)
    reconcile(texting.runtime, archive, progress, lambda _: None, always)

    assert progress.found.foreign == 0


@pytest.mark.parametrize("status", ["parked", "unknown"])
def test_a_message_that_may_have_left_is_found_by_its_words(
    texting: Texting, archive: Archive, status: str
) -> None:
    archive.answers_lost.append(errors.Uncertain("reset"))
    texting.says(HANAKO, "ヘルプ")
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(outbound_messages).values(status=status))
    archive.becomes(archive.book[0].sid, "delivered")

    assert compare(texting, archive).found.statuses == 1
    assert rows(texting) == [("sent", "delivered")]
    assert message_row(texting).provider_sid == archive.book[0].sid


@pytest.mark.parametrize("change", ["words", "time"])
def test_other_words_or_another_time_are_another_message(
    texting: Texting, archive: Archive, change: str
) -> None:
    archive.answers_lost.append(errors.Uncertain("reset"))
    texting.says(HANAKO, "ヘルプ")
    [left] = archive.book
    other = {"words": {"body": "?"}, "time": {"created_at": left.created_at - HOUR}}
    archive.book = [replace(left, **other[change])]  # type: ignore[arg-type]

    assert compare(texting, archive).found.foreign == 1
    assert statuses(texting) == ["unknown"]


def test_what_was_taken_back_and_left_all_the_same_is_known_and_stays_so(
    texting: Texting, archive: Archive
) -> None:
    archive.answers_lost.append(errors.Uncertain("reset"))
    texting.says(HANAKO, "ヘルプ")
    archive.listed.clear()
    texting.hears(HANAKO, "STOP")
    look_up(texting, times=2)
    let_pass(texting)
    texting.sends()
    archive.becomes(archive.book[0].sid, "delivered")

    assert compare(texting, archive).found.foreign == 0
    assert rows(texting)[0] == ("canceled", "delivered")


@pytest.mark.usefixtures("at_day")
def test_the_attempts_before_are_ours_too(texting: Texting, archive: Archive) -> None:
    [first] = send_to_many(texting, 1)
    told(texting, "undelivered", 30003)
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(outbound_messages).values(retry_at=seconds_from_now(-1)))
    transact(texting.runtime.engine, retries.requeue_due)
    texting.sends()
    assert [one.provider_sid for one in kept(texting, earlier_attempts)] == [first]
    archive.becomes(first, "undelivered", 30003)
    assert vars(compare(texting, archive).found)["foreign"] == 0
    assert rows(texting) == [("sent", "queued")]

    archive.becomes(first, "delivered")
    compare(texting, archive)
    assert rows(texting) == [("sent", "delivered")]


def test_numbers_that_cannot_be_written_to_are_asked_for_no_texts(
    texting: Texting, archive: Archive
) -> None:
    with texting.runtime.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE senders SET number = 'HENJI'")
    compare(texting, archive)

    assert archive.asked == [(Way.OUT, None)]


def test_what_was_before_our_sender_was_registered_is_not_ours(
    texting: Texting, archive: Archive
) -> None:
    archive.foreign(HANAKO, "?", "SMold", HOUR)
    archive.received(HANAKO, "ヘルプ", "SMolder", HOUR)
    now = datetime.now(UTC)
    progress = Progress(now - timedelta(days=2), now)
    reconcile(texting.runtime, archive, progress, lambda _: None, always)

    assert (progress.found.foreign, progress.found.texts) == (0, 0)


def test_a_provider_that_keeps_no_list_is_not_asked(texting: Texting) -> None:
    ask: Callable[..., None]
    for ask in (night.at_night, night.poll):
        ask(texting.runtime, always)


@pytest.mark.parametrize(
    ("now", "night_before"),
    [
        ("2026-07-01T02:59:59+09:00", "2026-06-30T03:00:00+09:00"),
        ("2026-07-01T03:00:00+09:00", "2026-07-01T03:00:00+09:00"),
        ("2026-06-30T17:59:00+00:00", "2026-06-30T03:00:00+09:00"),
        ("2026-06-30T18:00:00+00:00", "2026-07-01T03:00:00+09:00"),
    ],
)
def test_a_night_begins_at_three_in_japan(now: str, night_before: str) -> None:
    begun = night.last_night(datetime.fromisoformat(now))
    assert begun == datetime.fromisoformat(night_before)


def test_two_at_once_do_no_harm(texting: Texting, archive: Archive) -> None:
    for number in range(6):
        texting.says(f"+81900000000{number}", "ヘルプ")
    for one in archive.book:
        archive.becomes(one.sid, "delivered")
    threads = [threading.Thread(target=compare, args=(texting, archive)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert rows(texting) == [("sent", "delivered")] * 6

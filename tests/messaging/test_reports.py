"""What the carrier tells of a message: in any order, early, twice, or of nobody we know."""

import itertools

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, update

from bot import errors
from bot.messaging.reports import unmatched
from bot.messaging.reports.delivery import Report, record
from bot.messaging.reports.status import RANK
from bot.providers import Outgoing, Post
from bot.store.columns import seconds_from_now
from bot.store.session import transact
from bot.store.tables import delivery_reports, outbound_messages
from tests.carrier import Carrier
from tests.messaging.lines import HANAKO, TARO, look_up, rows
from tests.messaging.reporting import kept, message_row, told
from tests.people import Texting

STATUSES = st.sampled_from([*RANK, "receiving", "received", "something new"])
CODES = st.sampled_from([None, 30003, 30006, 30007, 30008])
_sids = itertools.count(1)


def left(texting: Texting, sid: str) -> int:
    """A message that left under a provider's id; returns ours."""
    row = message_row(texting)._asdict() | {"provider_sid": sid, "inbound_id": None}
    fresh = ("id", "delivery_status", "error_code", "carrier", "retry_at")
    values = {name: value for name, value in row.items() if name not in fresh}
    with texting.runtime.engine.begin() as connection:
        connection.execute(insert(outbound_messages).values(values))
    return int(message_row(texting).id)


def test_the_same_reports_end_the_same_in_whatever_order_and_however_often(
    texting: Texting,
) -> None:
    texting.says(HANAKO, "ヘルプ")

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(STATUSES, CODES), min_size=1, max_size=6), st.data())
    def check(reports: list[tuple[str, int | None]], data: st.DataObject) -> None:
        ends = set()
        for _ in range(2):
            message = left(texting, f"SMany{next(_sids)}")
            again = data.draw(st.permutations(reports + reports[:2]))
            for status, code in again:
                told(texting, status, code, message=message)
            row = message_row(texting, message)
            ends.add((row.status, row.delivery_status, row.error_code))
        known = [status for status, _ in reports if status in RANK]
        [(status, shown, _)] = ends
        assert (status, shown) == ("sent", max(known, key=RANK.__getitem__, default=None))

    check()


def test_a_report_that_overtakes_our_mark_is_kept(texting: Texting) -> None:
    class Hasty(Carrier):
        async def send(self, message: Outgoing, post: Post) -> str:
            sid = await super().send(message, post)
            record(texting.runtime, Report(1, "twilio", sid, "delivered", None))
            return sid

    object.__setattr__(texting.runtime, "provider", Hasty())
    texting.says(HANAKO, "ヘルプ")

    assert rows(texting) == [("sent", "delivered")]


def test_a_report_without_our_id_finds_its_message_by_the_providers(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    told(texting, "delivered", sid=message_row(texting).provider_sid)

    assert rows(texting) == [("sent", "delivered")]


def test_a_report_of_a_message_that_is_still_leaving_waits_for_its_mark(texting: Texting) -> None:
    class Nameless(Carrier):
        async def send(self, message: Outgoing, post: Post) -> str:
            sid = await super().send(message, post)
            record(texting.runtime, Report(None, "twilio", sid, "undelivered", 30006))
            return sid

    object.__setattr__(texting.runtime, "provider", Nameless())
    texting.says(HANAKO, "ヘルプ")

    assert rows(texting) == [("sent", "undelivered")]
    assert [report.outbound_id for report in kept(texting)] == [1]


def test_a_report_waits_until_its_message_is_found_in_the_providers_list(
    texting: Texting, carrier: Carrier
) -> None:
    carrier.answers_lost.append(errors.Uncertain("reset"))
    texting.says(HANAKO, "ヘルプ")
    told(texting, "delivered", sid=carrier.listed[0][1].sid)
    look_up(texting)
    assert rows(texting) == [("sent", None)]

    for _ in range(2):
        transact(texting.runtime.engine, lambda c: unmatched.match_all(c, texting.runtime))
    assert rows(texting) == [("sent", "delivered")]


def test_what_is_nobodys_for_a_week_is_looked_at_no_more(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    told(texting, "delivered", sid="SMforeign")
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(delivery_reports).values(created_at=seconds_from_now(-8 * 86400)))
        connection.execute(update(outbound_messages).values(provider_sid="SMforeign"))
        unmatched.match_all(connection, texting.runtime)

    assert rows(texting) == [("sent", None)]


def test_a_report_for_one_message_with_the_id_of_another_is_of_the_other(
    texting: Texting,
) -> None:
    texting.says(HANAKO, "ヘルプ")
    texting.says(TARO, "ヘルプ")
    told(texting, "delivered", message=1, sid=message_row(texting, 2).provider_sid)

    assert rows(texting) == [("sent", None), ("sent", "delivered")]


def test_a_report_for_a_message_that_was_never_attempted_proves_nothing(
    texting: Texting, carrier: Carrier
) -> None:
    texting.hears(HANAKO, "ヘルプ")
    told(texting, "delivered", message=1, sid="SMof an older database")
    assert rows(texting) == [("queued", None)]

    texting.sends()
    assert len(carrier.accepted) == 1
    assert [report.outbound_id for report in kept(texting)] == [None]


def test_an_unmatched_report_that_comes_again_with_our_id_is_of_our_message(
    texting: Texting,
) -> None:
    texting.says(HANAKO, "ヘルプ")
    told(texting, "delivered", sid="SMthe first after all")
    told(texting, "delivered", message=1, sid="SMthe first after all", carrier="au")

    found = [(one.outbound_id, one.times, one.carrier) for one in kept(texting)]
    assert found == [(1, 2, "au")]


def test_a_message_that_left_twice_is_told(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    with structlog.testing.capture_logs() as log:
        told(texting, "delivered", message=1, sid="SMthe first after all")

    assert rows(texting) == [("sent", "delivered")]
    assert [line["event"] for line in log] == ["message.left_twice"]


def test_a_report_that_is_repeated_is_counted_and_kept_once(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    for _ in range(50):
        told(texting, "undelivered", 30006)
    told(texting, "undelivered", 30008)

    found = [(report.status, report.error_code, report.times) for report in kept(texting)]
    assert found == [("undelivered", 30006, 50), ("undelivered", 30008, 1)]


FAILURES = [("failed", 30008), ("undelivered", 30003)]


@pytest.mark.parametrize("reports", [FAILURES, FAILURES[::-1]])
def test_the_code_of_the_highest_status_is_shown(
    texting: Texting, reports: list[tuple[str, int]]
) -> None:
    texting.says(HANAKO, "ヘルプ")
    for status, code in reports:
        told(texting, status, code)

    assert message_row(texting).error_code == 30003


def test_a_stale_code_of_an_attempt_does_not_hide_why_it_was_not_delivered(
    texting: Texting, carrier: Carrier
) -> None:
    carrier.faults.append(errors.Throttled("slow down", 20429))
    texting.says(HANAKO, "ヘルプ")
    told(texting, "undelivered", 30006, message=1, sid="SMaccepted all the same")

    assert (rows(texting), message_row(texting).error_code) == ([("sent", "undelivered")], 30006)


def test_the_carrier_of_each_message_is_kept_also_after_the_number_moved(texting: Texting) -> None:
    for carrier in ("docomo", "SoftBank"):
        texting.says(HANAKO, "ヘルプ")
        told(texting, "sent")
        told(texting, "delivered", carrier=carrier)

    assert [message_row(texting, message).carrier for message in (1, 2)] == ["docomo", "SoftBank"]
    assert [report.carrier for report in kept(texting)] == [None, "docomo", None, "SoftBank"]

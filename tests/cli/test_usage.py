"""`henji usage`: what was received and sent by day, as it is billed."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from bot import errors
from bot.messaging import outbox
from bot.messaging.answering.render import Rendered
from bot.messaging.grounds import MessageClass
from bot.messaging.reports import retries
from bot.messaging.reports.usage import Day, by_day
from bot.store.columns import seconds_from_now
from bot.store.session import transact
from bot.store.tables import inbound_messages, outbound_messages
from bot.text.language import Language
from tests.carrier import Carrier
from tests.cli.commands import henji
from tests.messaging.lines import HANAKO, TARO
from tests.messaging.reporting import told
from tests.people import OURS, Texting

# 23:59 and 00:01 in Japan, which is one day in UTC.
LATE = datetime(2026, 11, 24, 14, 59, tzinfo=UTC)
EARLY = LATE + timedelta(minutes=2)
LONG = Rendered("common.help", Language.JA, "r", "長" * 200, "UCS-2", 3)


def test_each_text_and_each_segment_that_was_taken_counts_on_its_day(
    texting: Texting, carrier: Carrier
) -> None:
    texting.says(HANAKO, "ヘルプ")
    carrier.faults.append(errors.Refused("no", 21612))
    texting.says(TARO, "ヘルプ")
    texting.hears(HANAKO, "ヘルプ", To="+815099999999")
    with texting.runtime.engine.begin() as connection:
        outbox.enqueue(connection, 1, [LONG], MessageClass.REPLY)
    texting.sends()
    help_segments = 0
    with texting.runtime.engine.begin() as connection:
        message, text = outbound_messages.c, inbound_messages.c
        help_segments = (
            connection.execute(outbound_messages.select().where(message.id == 1)).one().segments
        )
        for table, column, first, at in (
            (inbound_messages, "created_at", text.id == 1, LATE),
            (inbound_messages, "created_at", text.id > 1, EARLY),
            (outbound_messages, "sent_at", message.id == 1, LATE),
            (outbound_messages, "sent_at", (message.id > 1) & message.sent_at.is_not(None), EARLY),
        ):
            connection.execute(update(table).where(first).values({column: at}))
        assert by_day(connection, LATE - timedelta(days=1)) == [
            Day(LATE.date(), OURS, received=1, sent=1, segments=help_segments),
            Day(EARLY.date() + timedelta(days=1), OURS, received=1, sent=1, segments=3),
            Day(EARLY.date() + timedelta(days=1), "+815099999999", received=1),
        ]
        assert by_day(connection, EARLY + timedelta(days=1)) == []


def test_what_was_sent_once_more_is_paid_twice_and_what_the_carrier_said_is_not(
    texting: Texting, environment: dict[str, str]
) -> None:
    texting.says(HANAKO, "ヘルプ")
    told(texting, "undelivered", 30008)
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(outbound_messages).values(retry_at=seconds_from_now(-1)))
    assert transact(texting.runtime.engine, retries.requeue_due) == 1
    texting.sends()
    texting.hears(HANAKO, "STOP", OptOutType="STOP")

    ended = henji("usage", "--days", "2", environment=environment)
    assert (ended.status, ended.err) == (0, "")
    first, *_, sums = ended.out.splitlines()
    assert first == "day\tsender\treceived\tsent\tsegments sent"
    assert sums.split("\t")[2:4] == ["2", "2"]
    assert HANAKO not in ended.out


def test_what_staff_wrote_is_billed_as_well(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    message = Rendered("staff.reply", Language.JA, "r", "担当の者です。", "UCS-2", 1)
    with texting.runtime.engine.begin() as connection:
        outbox.enqueue_by_staff(connection, 1, message, staff_id=1)
    texting.sends()

    with texting.runtime.engine.begin() as connection:
        days = by_day(connection, datetime.now(UTC) - timedelta(days=1))
    assert sum(day.sent for day in days) == 2


def test_a_number_of_days_that_is_none_is_a_wrong_call() -> None:
    assert henji("usage", "--days", "0").status == 2

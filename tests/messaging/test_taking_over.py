"""A member of staff takes over, replies and hands back; the bot and they never both answer."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select, update

from bot.app import create_app
from bot.errors import TakeoverRefused
from bot.messaging.taking_over import reply, takeover
from bot.runtime import Runtime
from bot.staff import members
from bot.staff.members import Details
from bot.staff.roles import Role
from bot.store.columns import seconds_from_now
from bot.store.session import transact
from bot.store.tables import conversations, outbound_messages, takeovers
from bot.text.business_hours import DAYS
from bot.text.format import TOKYO
from tests.carrier import Carrier
from tests.people import Texting, add_customer

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HANAKO = "+819000000001"
LASTS = timedelta(minutes=15)


class Office:
    """A company with two operators and one conversation that wants a person."""

    def __init__(self, runtime: Runtime, texting: Texting) -> None:
        self.runtime, self.texting = runtime, texting
        with runtime.engine.begin() as connection:
            self.jiro, self.ken = (
                members.add(connection, Details(name, f"{name}@example.com", Role.OPERATOR))
                for name in ("Jiro", "Ken")
            )

    @property
    def row(self) -> Row[Any]:
        with self.runtime.engine.connect() as connection:
            return connection.execute(select(conversations)).one()

    def take(self, member_id: int, force: bool = False) -> bool:
        return transact(
            self.runtime.engine,
            lambda it: takeover.take(it, self.row_id, member_id, LASTS, force),
        )

    def reply(self, member_id: int, text: str) -> int:
        row_id = self.row_id
        sent = transact(
            self.runtime.engine, lambda it: reply.send(it, row_id, member_id, text, LASTS)
        )
        self.texting.sends()
        return sent

    def hand_back(self, member_id: int) -> None:
        row_id = self.row_id
        transact(
            self.runtime.engine, lambda it: takeover.hand_back(it, row_id, member_id, "staff:Jiro")
        )

    def expire(self) -> int:
        taken = update(conversations).where(conversations.c.taken_by.is_not(None))
        past = taken.values(taken_until=seconds_from_now(-1))
        transact(self.runtime.engine, lambda it: it.execute(past))
        return transact(self.runtime.engine, takeover.expire)

    @property
    def row_id(self) -> int:
        return 1


@pytest.fixture
def office(runtime: Runtime, texting: Texting) -> Office:
    """Hanako is known, has agreed, and asked for a person."""
    add_customer(runtime, HANAKO, "10001234", 12800)
    texting.says(HANAKO, "はい")
    texting.says(HANAKO, "はい")
    texting.says(HANAKO, "オペレーターと話したい")
    return Office(runtime, texting)


def test_the_bot_is_silent_while_a_person_answers(office: Office, carrier: Carrier) -> None:
    assert office.row.person_wanted_at is not None
    assert office.take(office.jiro)
    assert office.row.person_wanted_at is None

    assert office.texting.says(HANAKO, "残高") == []
    assert office.reply(office.jiro, "担当の次郎です。￥12,800ですね。") == 1
    assert office.texting.says(HANAKO, "ありがとうございます") == []
    office.hand_back(office.jiro)
    assert office.texting.says(HANAKO, "残高") == ["balance.ask_digits"]

    with office.runtime.engine.connect() as connection:
        sent = connection.execute(
            select(outbound_messages).where(outbound_messages.c.sent_by == "staff")
        ).one()
        told = connection.execute(select(takeovers)).one()
    assert (sent.body, sent.staff_id, sent.status, sent.verdict) == (
        "担当の次郎です。¥12,800ですね。",
        office.jiro,
        "sent",
        "allowed",
    )
    assert (told.replies, told.ended_by) == (1, "staff:Jiro")


@ONE
def test_who_asks_outside_the_hours_is_told_when_somebody_is_there(
    runtime: Runtime, carrier: Carrier
) -> None:
    day = datetime.now(TOKYO).weekday()
    # The one working day of the week is the day before yesterday's.
    hours = {"HENJI_BUSINESS_HOURS": f"{DAYS[day - 2]} 09:30-18:00"}
    settings = runtime.settings.model_copy(update=hours)
    closed = replace(runtime, settings=settings)
    texting = Texting(closed, create_app(closed).test_client())

    assert texting.says(HANAKO, "オペレーターと話したい")[0] == "handover.closed"

    with runtime.engine.connect() as connection:
        told = connection.execute(select(outbound_messages.c.body)).scalars().first()
        assert connection.execute(select(conversations.c.person_wanted_at)).scalar_one()
    assert told is not None
    assert " 09:30以降に" in told


@ONE
def test_stop_start_and_help_win_while_a_person_answers(office: Office) -> None:
    office.take(office.jiro)

    assert office.texting.says(HANAKO, "ヘルプ") == ["common.help"]
    assert office.texting.says(HANAKO, "停止") == ["consent.stopped"]
    with pytest.raises(TakeoverRefused, match="START") as refused:
        office.reply(office.jiro, "もしもし")
    assert refused.value.why == "stopped"
    office.texting.says(HANAKO, "配信開始")
    assert office.reply(office.jiro, "おかえりなさい") == 1


@ONE
def test_what_may_be_a_stop_holds_reminders_and_is_left_to_the_person(office: Office) -> None:
    office.take(office.jiro)

    assert office.texting.says(HANAKO, "もう結構です") == []

    assert office.row.held_since is not None


@ONE
def test_a_stop_that_comes_while_a_reply_waits_wins(office: Office, carrier: Carrier) -> None:
    office.take(office.jiro)
    transact(
        office.runtime.engine, lambda it: reply.send(it, 1, office.jiro, "お待たせしました", LASTS)
    )
    office.texting.says(HANAKO, "停止")

    with office.runtime.engine.connect() as connection:
        query = select(outbound_messages.c.status).where(outbound_messages.c.sent_by == "staff")
        assert connection.execute(query).scalars().all() == ["canceled"]


@ONE
def test_two_members_never_both_have_a_conversation(office: Office) -> None:
    office.take(office.jiro)
    with pytest.raises(TakeoverRefused, match="Somebody else"):
        office.take(office.ken)
    with pytest.raises(TakeoverRefused, match="Somebody else"):
        office.reply(office.ken, "こんにちは")
    with pytest.raises(TakeoverRefused, match="Somebody else"):
        office.hand_back(office.ken)

    assert office.take(office.ken, force=True)
    with pytest.raises(TakeoverRefused, match="Somebody else"):
        office.reply(office.jiro, "まだいます")
    assert office.reply(office.ken, "代わりました") == 1
    with office.runtime.engine.connect() as connection:
        ended = connection.execute(select(takeovers.c.ended_by).order_by(takeovers.c.id))
        assert ended.scalars().all() == [f"staff {office.ken}", None]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_of_many_who_take_over_at_once_one_has_it(office: Office) -> None:
    began, won = threading.Barrier(6), []

    def race(member_id: int) -> None:
        began.wait()
        try:
            if office.take(member_id):
                won.append(member_id)
        except TakeoverRefused:
            pass

    threads = [
        threading.Thread(target=race, args=(member_id,))
        for member_id in (office.jiro, office.ken) * 3
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(won) == 1
    assert office.row.taken_by == won[0]


@ONE
def test_who_forgets_a_conversation_gives_it_back_by_itself(office: Office) -> None:
    wanted_at = office.row.person_wanted_at
    office.take(office.jiro)
    past = update(conversations).values(taken_until=seconds_from_now(-1))
    transact(office.runtime.engine, lambda it: it.execute(past))

    assert office.texting.says(HANAKO, "残高") == ["balance.ask_digits"], "even before the clock"
    assert office.expire() == 1
    assert (office.row.taken_by, office.row.person_wanted_at) == (None, wanted_at)
    assert office.expire() == 0


@ONE
def test_who_was_answered_waits_for_nobody_and_who_wrote_again_does(office: Office) -> None:
    office.take(office.jiro)
    office.reply(office.jiro, "少々お待ちください")
    assert office.expire() == 1
    assert office.row.person_wanted_at is None

    office.take(office.jiro)
    office.reply(office.jiro, "確認しました")
    office.texting.says(HANAKO, "もう一つ質問があります")
    office.expire()
    assert office.row.person_wanted_at is not None


@ONE
@pytest.mark.parametrize(
    ("text", "why"), [(" \n", "empty"), ("あ" * 1601, "too_long"), ("\x07\ud800", "empty")]
)
def test_what_cannot_be_sent_is_refused(office: Office, text: str, why: str) -> None:
    office.take(office.jiro)

    with pytest.raises(TakeoverRefused) as refused:
        office.reply(office.jiro, text)

    assert refused.value.why == why


def test_a_form_that_comes_twice_is_one_reply(office: Office, carrier: Carrier) -> None:
    office.texting.says(HANAKO, "担当者")
    office.take(office.jiro)
    office.reply(office.jiro, "承知しました。")
    with pytest.raises(TakeoverRefused, match="a moment ago"):
        office.reply(office.jiro, "承知しました。")
    assert [one.body for one in carrier.accepted].count("承知しました。") == 1

    with office.runtime.engine.begin() as connection:
        earlier = seconds_from_now(-reply.TWICE_WITHIN_S - 1)
        connection.execute(update(outbound_messages).values(created_at=earlier))
    office.reply(office.jiro, "承知しました。")
    assert [one.body for one in carrier.accepted].count("承知しました。") == 2


@ONE
def test_the_bots_own_question_is_closed_and_nobody_replies_after_handing_back(
    office: Office,
) -> None:
    office.texting.says(HANAKO, "残高")
    office.take(office.jiro)

    assert (office.row.flow, office.row.state) == (None, "start")
    office.hand_back(office.jiro)
    with pytest.raises(TakeoverRefused, match="The bot answers"):
        office.reply(office.jiro, "まだです")

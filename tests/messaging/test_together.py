"""Texts of different people share a transaction; none of them can spoil it for the others."""

import itertools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, insert, select

from bot.dialogue.decision import Heard
from bot.dialogue.turn import Turn
from bot.messaging import inbox
from bot.messaging.answering import conversation
from bot.messaging.answering.answer import Step
from bot.messaging.answering.read import read
from bot.store.tables import conversations, inbound_messages, outbound_messages, senders
from tests.messaging.broken_flows import talks_too_long
from tests.people import OURS, Texting, add_customer

HANAKO, TARO, JOHN = "+819000000001", "+819000000002", "+12025550123"
_sids = itertools.count(1)


def together(texting: Texting, *said: tuple[str, str], ours: str = OURS) -> Sequence[Step | None]:
    """Let people say these at the same time."""
    heards = [Heard("twilio", f"SMt{next(_sids)}", who, ours, what) for who, what in said]
    texts = [read(heard, texting.runtime.vocabulary) for heard in heards]
    return inbox.hear_together(texting.runtime, texts)


def statuses(texting: Texting) -> dict[str, list[str]]:
    """The statuses of the texts of each number, in order."""
    columns = (inbound_messages.c.sender, inbound_messages.c.status)
    found: dict[str, list[str]] = {}
    with texting.runtime.engine.begin() as connection:
        for row in connection.execute(select(*columns).order_by(inbound_messages.c.id)):
            found.setdefault(row.sender, []).append(row.status)
    return found


def said_to(texting: Texting, number: str) -> list[str]:
    """The keys of the scripts that a number was or will be sent."""
    with texting.runtime.engine.begin() as connection:
        row = conversation.find(connection, OURS, number)
        assert row is not None
        mine = outbound_messages.c.conversation_id == row.id
        found = select(outbound_messages.c.script_key).where(mine).order_by(outbound_messages.c.id)
        return list(connection.execute(found).scalars())


def test_each_gets_the_answer_to_what_they_wrote_in_their_language(texting: Texting) -> None:
    add_customer(texting.runtime, HANAKO, "10001234", 12_800)
    texting.says(TARO, "残高")
    steps = together(texting, (HANAKO, "残高"), (TARO, "ヘルプ"), (JOHN, "HELP"))
    assert [step and step.replies for step in steps] == [1, 1, 1]
    assert statuses(texting) == {
        HANAKO: ["answered"], TARO: ["answered", "answered"], JOHN: ["answered"],
    }  # fmt: skip
    assert said_to(texting, HANAKO) == ["balance.ask_digits"]
    assert said_to(texting, JOHN) == ["common.help"]
    with texting.runtime.engine.begin() as connection:
        john = conversation.find(connection, OURS, JOHN)
        assert john is not None
        assert john.language == "en"


def test_many_cost_no_more_statements_than_one(texting: Texting) -> None:
    counted: list[int] = []

    def statements(*people: str) -> int:
        counted.clear()
        event.listen(texting.runtime.engine, "after_cursor_execute", count)
        together(texting, *((number, "ヘルプ") for number in people))
        event.remove(texting.runtime.engine, "after_cursor_execute", count)
        return len(counted)

    def count(*_: object) -> None:
        counted.append(1)

    alone = statements("+819000000100")
    assert statements(*(f"+8190000002{one:02}" for one in range(20))) == alone


def test_a_flow_that_fails_fails_alone(texting: Texting, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(flow: object, trigger: str, turn: Turn) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(type(texting.runtime.flows["handover"]), "step", broken)
    failing, fine = together(texting, (HANAKO, "相談"), (TARO, "ヘルプ"))
    assert failing is not None
    assert (failing.replies, failing.more) == (0, True)
    assert fine is not None
    assert (fine.replies, fine.more) == (1, False)
    assert statuses(texting) == {HANAKO: ["waiting"], TARO: ["answered"]}


# SQLite takes texts of any length.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_the_database_refuses_is_left_to_each_alone(
    texting: Texting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(texting.runtime.flows["handover"]), "step", talks_too_long)
    assert together(texting, (HANAKO, "相談"), (TARO, "ヘルプ")) == [None, None]
    assert statuses(texting) == {}

    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(texting.hears, (HANAKO, TARO), ("相談", "ヘルプ"))
        assert [answer.status_code for answer in answers] == [200, 200]
    assert statuses(texting) == {HANAKO: ["waiting"], TARO: ["answered"]}


# SQLite locks everything at once.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_conversation_that_is_locked_elsewhere_holds_nobody_up(texting: Texting) -> None:
    engine = texting.runtime.engine
    texting.says(HANAKO, "ヘルプ")
    with engine.begin() as elsewhere:
        assert conversation.find(elsewhere, OURS, HANAKO) is not None
        busy, fine = together(texting, (HANAKO, "残高"), (TARO, "ヘルプ"))
    assert busy is None
    assert fine is not None
    assert statuses(texting) == {HANAKO: ["answered"], TARO: ["answered"]}


def test_a_yes_that_stops_messages_is_answered_alone(texting: Texting) -> None:
    """A stop waits for what is on the wire; the others must not wait with it."""
    texting.says(HANAKO, "キャンセル")
    with texting.runtime.engine.begin() as connection:
        flow = select(conversations.c.flow)
        assert connection.execute(flow).scalar_one() == "stop_question"
    stopping, fine = together(texting, (HANAKO, "はい"), (TARO, "ヘルプ"))
    assert stopping is not None
    assert stopping.more
    assert fine is not None
    assert not fine.more
    assert stopping.conversation_id is not None
    inbox.answer(texting.runtime, stopping.conversation_id)
    assert said_to(texting, HANAKO)[-1] == "consent.stopped"


def test_who_cannot_be_answered_is_kept_apart(texting: Texting) -> None:
    steps = together(texting, ("EXAMPLE", "ヘルプ"), (TARO, "ヘルプ"))
    assert [step and step.conversation_id is None for step in steps] == [True, False]
    assert statuses(texting) == {"EXAMPLE": ["ignored"], TARO: ["answered"]}


def test_a_text_that_came_before_is_not_answered_again(texting: Texting) -> None:
    heard = Heard("twilio", "SMtwice", HANAKO, OURS, "ヘルプ")
    text = read(heard, texting.runtime.vocabulary)
    for _ in range(2):
        inbox.hear_together(texting.runtime, [text])
    assert said_to(texting, HANAKO) == ["common.help"]


def test_who_stopped_every_number_is_not_answered_at_a_new_one(texting: Texting) -> None:
    other = "+815000000002"
    with texting.runtime.engine.begin() as connection:
        connection.execute(insert(senders).values(number=other))
    texting.says(HANAKO, "停止")
    steps = [
        step or inbox.hear(texting.runtime, Heard("twilio", "SMbusy", HANAKO, other, "残高"))
        for step in together(texting, (HANAKO, "残高"), (TARO, "残高"), ours=other)
    ]
    assert steps[1] is not None
    with texting.runtime.engine.begin() as connection:
        row = conversation.find(connection, other, HANAKO)
        assert row is not None
        assert row.consent == "stopped"
        sent = select(outbound_messages).where(outbound_messages.c.conversation_id == row.id)
        assert connection.execute(sent).all() == []


def test_a_rush_of_people_is_answered_once_each(texting: Texting) -> None:
    people = [f"+81900000{one:04}" for one in range(40)]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(texting.hears, people, itertools.repeat("ヘルプ")))
    assert {answer.status_code for answer in answers} == {200}
    assert statuses(texting) == {number: ["answered"] for number in people}
    texting.sends()
    assert texting.new_keys() == ["common.help"] * 40


def test_a_stop_of_one_purpose_waits_alone_for_what_is_on_the_wire(texting: Texting) -> None:
    """It takes back what its purpose has waiting, and so waits for what is leaving."""
    stopping, fine = together(texting, (HANAKO, "広告だけ停止"), (TARO, "ヘルプ"))
    assert stopping is not None
    assert (stopping.replies, stopping.more) == (0, True)
    assert fine is not None
    assert (fine.replies, fine.more) == (1, False)

    assert stopping.conversation_id is not None
    inbox.answer(texting.runtime, stopping.conversation_id)
    assert said_to(texting, HANAKO) == ["consent.stopped_promotions"]

"""The list of conversations: found by what was said, by whom, and by where they stand."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from bot.messaging.taking_over import takeover
from bot.overview import listing, story
from bot.overview.filters import Filters
from bot.overview.indexing import EVERY_S, Indexing
from bot.overview.listing import Asked
from bot.runtime import Runtime
from bot.staff import departments, members
from bot.staff.departments import Scope
from bot.staff.members import Details
from bot.staff.roles import Role
from bot.store.session import transact
from bot.store.tables import (
    contacts,
    conversation_cards,
    conversations,
    inbound_messages,
    outbound_messages,
    senders,
)
from tests.carrier import Carrier
from tests.people import Texting, add_customer

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
HANAKO, EMILY, TARO = "+819000000001", "+12025550123", "+819000000003"

ALL = Scope()


@dataclass
class Seen:
    """What a member of staff sees."""

    runtime: Runtime
    texting: Texting
    indexing: Indexing = field(default_factory=Indexing)

    def index(self) -> None:
        while self.indexing(self.runtime, threading.Event()) == 0.0:
            pass

    def found(
        self, scope: Scope = ALL, member: int = 0, limit: int = 50, **asked: str
    ) -> list[str]:
        return [row.number for page in self.pages(scope, member, limit, **asked) for row in page]

    def pages(self, scope: Scope, member: int, limit: int, **asked: str) -> Iterator[list[object]]:
        after = ""
        while True:
            wanted = Asked(scope, member, Filters.read(asked), after)
            with self.runtime.engine.connect() as connection:
                page = listing.page(connection, self.runtime.vault, wanted, limit)
            yield list(page.rows)
            if page.next is None:
                return
            after = page.next


@pytest.fixture
def seen(runtime: Runtime, texting: Texting) -> Seen:
    add_customer(runtime, HANAKO, "10001234", 12800)
    for number, text in (
        (HANAKO, "ざんだかを教えて"),
        (EMILY, "What is my balance, please?"),
        (TARO, "今月の残高はいくらですか"),
    ):
        texting.says(number, text)
    found = Seen(runtime, texting)
    found.index()
    return found


def test_texts_are_found_in_both_languages_from_two_letters_on(seen: Seen) -> None:
    assert seen.found() == [TARO, EMILY, HANAKO]
    assert seen.found(words="残高") == [TARO]
    assert seen.found(words="ザンダカ") == [HANAKO]
    assert seen.found(words="BALANCE") == [EMILY]
    assert seen.found(words="my please") == [EMILY]
    assert seen.found(words="高残") == []
    assert seen.found(words="残") == []
    assert seen.found(words="下4桁") != [], "what we wrote is found, too"


def test_people_are_found_by_number_customer_number_and_name(seen: Seen) -> None:
    assert seen.found(words="090-0000-0001") == [HANAKO]
    assert seen.found(words="０９０ ００００ ０００１") == [HANAKO]
    assert seen.found(words="10001234") == [HANAKO]
    assert seen.found(words="山田") == [HANAKO]
    assert seen.found(words="山田花子") == [HANAKO]
    assert seen.found(words="花子 残高") == []


@ONE
def test_each_filter_finds_its_own(seen: Seen) -> None:
    seen.texting.says(EMILY, "STOP")
    seen.texting.says(TARO, "オペレーターと話したい")
    seen.index()

    assert seen.found(consent="stopped") == [EMILY]
    assert seen.found(language="en") == [EMILY]
    assert seen.found(state="wanted") == [TARO]
    assert seen.found(flow="balance") == [HANAKO]
    assert seen.found(script="consent.stopped") == [EMILY]
    assert seen.found(since="2001-01-01", until="2001-12-31") == []
    assert seen.found(sender="1", words="残高") == [TARO]
    assert seen.found(sender="2") == []
    assert len(seen.found(consent="nonsense", since="x", sender="-1", state="?")) == 3
    with seen.runtime.engine.connect() as connection:
        revision = select(outbound_messages.c.revision).where(
            outbound_messages.c.script_key == "consent.stopped"
        )
        sent = connection.execute(revision).scalar_one()
    assert seen.found(script=sent) == [EMILY]
    assert seen.found(script=sent, words="balance") == [EMILY]
    assert seen.found(script=sent, words="残高") == []
    assert seen.found(script="balance.ask_digits", words="090-0000-0001") == [HANAKO]


def test_the_list_is_paged_by_key_and_nothing_is_lost_or_doubled(seen: Seen) -> None:
    for number in range(10, 27):
        seen.texting.says(f"+8190000000{number}", "残高照会です")
    seen.index()

    everyone = seen.found(limit=4)
    assert (len(everyone), len(set(everyone))) == (20, 20)
    assert everyone[-3:] == [TARO, EMILY, HANAKO]
    by_words = seen.found(limit=4, words="残高")
    assert (len(by_words), len(set(by_words))) == (18, 18)


@ONE
def test_what_did_not_get_through_is_flagged_with_its_code(seen: Seen, carrier: Carrier) -> None:
    with seen.runtime.engine.begin() as connection:
        last = select(outbound_messages.c.id).order_by(outbound_messages.c.id.desc()).limit(1)
        bad = update(outbound_messages).where(outbound_messages.c.id == last.scalar_subquery())
        connection.execute(bad.values(delivery_status="undelivered", error_code=30007))
    seen.texting.hears(TARO, "もしもし")
    seen.index()

    assert seen.found(state="trouble") == [TARO]
    assert seen.found(error="30007") == [TARO]
    assert seen.found(error="30008") == []


@ONE
def test_a_flag_ends_in_the_list_without_any_message(seen: Seen) -> None:
    with seen.runtime.engine.begin() as connection:
        jiro = members.add(connection, Details("Jiro", "jiro@example.com", Role.OPERATOR))
    taken = transact(
        seen.runtime.engine,
        lambda it: takeover.take(it, 1, jiro, timedelta(minutes=15), force=False),
    )
    assert taken
    seen.texting.says(HANAKO, "もしもし")
    seen.index()
    assert seen.found(state="mine", member=jiro) == seen.found(state="taken") == [HANAKO]
    assert seen.found(state="mine", member=jiro + 1) == []

    transact(seen.runtime.engine, lambda it: takeover.hand_back(it, 1, jiro, "staff:Jiro"))
    seen.indexing.looked_at_flags = -1e9
    seen.index()
    assert seen.found(state="taken") == []


@ONE
def test_a_department_sees_its_own_senders_and_no_other_conversation(seen: Seen) -> None:
    with seen.runtime.engine.begin() as connection:
        connection.execute(insert(senders).values(number="+815000000002"))
        osaka = departments.add(connection, "大阪")
        tokyo = departments.add(connection, "東京")
        departments.change(connection, osaka, "大阪", [2])
        departments.change(connection, tokyo, "東京", [1])

    assert len(seen.found(Scope(tokyo))) == 3
    assert seen.found(Scope(osaka)) == []
    assert seen.found(Scope(osaka), words="残高") == []
    assert seen.found(Scope(osaka), words="090-0000-0001") == []
    assert seen.found(department=str(tokyo), words="残高") == [TARO]
    with seen.runtime.engine.connect() as connection:
        assert story.find(connection, Scope(osaka), 1) is None
        assert story.find(connection, Scope(tokyo), 1) is not None


@ONE
def test_secrets_are_neither_kept_in_the_index_nor_shown(seen: Seen) -> None:
    seen.texting.says(HANAKO, "1234")
    seen.texting.says(HANAKO, "支払い")
    seen.texting.says(HANAKO, "1234")
    seen.index()

    with seen.runtime.engine.connect() as connection:
        conversation = story.find(connection, Scope(), 1)
        assert conversation is not None
        told = story.bubbles(connection, 1)
        link = (
            connection.execute(
                select(outbound_messages.c.body).where(outbound_messages.c.body.contains("/p/"))
            )
            .scalars()
            .all()[-1]
        )
    token = link.split("/p/")[1].split()[0].rstrip("。）")
    shown = "\n".join(bubble.body for bubble in told)
    assert token not in shown
    assert "••••" in shown
    assert seen.found(words="1234") == []
    assert seen.found(words=token[:6]) == []


@POSTGRES
def test_a_row_that_is_committed_late_is_found_half_a_minute_later(seen: Seen) -> None:
    row = {
        "provider": "twilio",
        "conversation_id": 1,
        "sender": HANAKO,
        "recipient": "+815000000001",
        "status": "answered",
    }
    late = {**row, "provider_sid": "A", "body": "遅延した便り"}
    soon = {**row, "provider_sid": "B", "body": "先着した便り"}
    seen.indexing.looked_again_at = -1e9
    seen.index()
    with seen.runtime.engine.connect() as slow:
        slow.execute(insert(inbound_messages).values(late))
        with seen.runtime.engine.begin() as quick:
            quick.execute(insert(inbound_messages).values(soon))
        seen.index()
        slow.commit()
    seen.index()
    assert (seen.found(words="先着"), seen.found(words="遅延")) == ([HANAKO], [])

    seen.indexing.looked_again_at = -1e9
    seen.index()
    assert seen.found(words="遅延") == [HANAKO]


@ONE
def test_what_was_there_before_the_first_look_is_listed(runtime: Runtime) -> None:
    with runtime.engine.begin() as connection:
        connection.execute(insert(contacts), [{"number": f"+8190000{n:05}"} for n in range(600)])
        ids = connection.execute(select(contacts.c.id)).scalars().all()
        connection.execute(
            insert(conversations),
            [{"sender_id": 1, "contact_id": each, "language": "ja"} for each in ids],
        )
        numbered = connection.execute(select(conversations.c.id)).scalars().all()
        connection.execute(
            insert(inbound_messages),
            [
                {
                    "provider": "twilio",
                    "provider_sid": f"SM{each}",
                    "conversation_id": each,
                    "sender": "x",
                    "recipient": "y",
                    "body": "以前の便り",
                    "status": "answered",
                }
                for each in numbered
            ],
        )
    indexing, stopping = Indexing(), threading.Event()
    rounds = [indexing(runtime, stopping), indexing(runtime, stopping)]

    assert rounds == [0.0, EVERY_S]
    with runtime.engine.connect() as connection:
        assert len(connection.execute(select(conversation_cards.c.conversation_id)).all()) == 600

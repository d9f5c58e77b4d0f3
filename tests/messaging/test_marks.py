"""What came of attempts, written down for many at once: one that cannot be spoils no other."""

import pytest
from sqlalchemy import Connection, select

from bot import alerts
from bot.alerts import Kind
from bot.messaging.sending import breakers, send
from bot.messaging.sending.attempts import Result
from bot.providers import Outgoing, Post
from bot.providers.codes import refusal
from bot.store.tables import conversations
from tests.carrier import Carrier
from tests.messaging.lines import HANAKO, TARO, look_up, statuses
from tests.people import Texting


@pytest.fixture
def database_url(postgres_database: str) -> str:
    """PostgreSQL alone: SQLite takes texts of any length and kind."""
    return postgres_database


class Strange(Carrier):
    """A carrier whose ids for one number no column takes."""

    async def send(self, message: Outgoing, post: Post) -> str:
        sid = await super().send(message, post)
        return f"SM{'0' * 200}" if message.recipient == HANAKO else sid


def test_an_id_that_cannot_be_kept_spoils_no_other_mark(texting: Texting) -> None:
    object.__setattr__(texting.runtime, "provider", Strange())
    texting.hears(HANAKO, "ヘルプ")
    texting.hears(TARO, "ヘルプ")
    texting.sends()
    assert statuses(texting) == ["sending", "sent"]

    look_up(texting)
    assert statuses(texting) == ["sent", "sent"]


def test_that_it_was_sent_is_kept_whatever_else_fails(
    texting: Texting, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(connection: Connection, results: list[Result]) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(breakers, "note", fails)
    for number in (HANAKO, TARO):
        texting.hears(number, "ヘルプ")
    texting.sends()

    assert statuses(texting) == ["sent", "sent"]
    assert len(carrier.accepted) == 2


def test_what_landed_together_is_written_down_together(
    texting: Texting, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked: list[int] = []
    mark = send.mark

    def counted(connection: Connection, results: list[Result]) -> None:
        marked.append(len(results))
        mark(connection, results)

    monkeypatch.setattr(send, "mark", counted)
    for number in range(40):
        texting.hears(f"+8190000001{number:02}", "ヘルプ")
    texting.sends()

    assert sum(marked) == 40
    assert len(marked) < 20


def test_a_message_that_is_refused_for_a_loop_silences_the_conversation(
    texting: Texting, carrier: Carrier
) -> None:
    carrier.faults.append(refusal("twilio", 14107))
    texting.says(HANAKO, "ヘルプ")

    assert statuses(texting) == ["failed"]
    with texting.runtime.engine.begin() as connection:
        assert connection.execute(select(conversations.c.muted_at)).scalar_one() is not None
        [alert] = alerts.unsettled(connection)
    assert (alert.kind, alert.subject) == (Kind.LOOP, "1")
    assert "14107" in alert.words
    assert texting.says(HANAKO, "あああ") == []

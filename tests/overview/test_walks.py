"""Whichever way the search goes, it finds what a look at every message finds."""

import random
import threading
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, insert

from bot.overview import listing, matching, newest, walks
from bot.overview.filters import Filters
from bot.overview.indexing import Indexing
from bot.overview.listing import Asked
from bot.overview.terms import holds
from bot.runtime import Runtime
from bot.staff.departments import Scope
from bot.store.columns import seconds_from_now
from bot.store.tables import contacts, conversations, inbound_messages, outbound_messages

WORDS = ("残高", "支払い", "解約", "高残", "balance", "弁護士")
SCRIPTS = ("balance.answer", "common.help", "payment.link")
CONSENTS = ("granted", "refused", "stopped")
TALKS = 40
# How many conversations count for few, and messages for rare: both ways, and what is in between.
BOUNDS = [(0, 0), (15, 0), (15, 8), (1000, 0), (1000, 8)]
QUESTIONS = [
    {"words": "残高"},
    {"words": "残高", "consent": "refused"},
    {"words": "残高 支払い", "consent": "granted"},
    {"words": "高残", "consent": "stopped"},
    {"words": "balance", "language": "ja"},
    {"words": "balance", "language": "en"},
    {"script": "common.help"},
    {"script": "common.help", "consent": "granted"},
    {"script": "payment.link", "words": "解約"},
    {"script": "payment.link", "words": "弁護士", "consent": "refused"},
    {"words": "残高", "until": "2100-01-01"},
]


@dataclass(frozen=True)
class Talk:
    """A conversation: its consent and what was heard and said in it."""

    consent: str
    heard: list[str]
    said: list[str]

    def answers(
        self,
        words: str = "",
        script: str = "",
        consent: str = "",
        language: str = "",
        until: str = "2100-01-01",
    ) -> bool:
        """Whether it is what is asked for, by a look at all of it."""
        texts = [*self.heard, *self.said]
        return (
            (not words or any(holds(text, words) for text in texts))
            and (not script or script in self.said)
            and consent in {"", self.consent}
            and language in {"", "ja"}
            and until == "2100-01-01"
        )


@pytest.fixture
def talks(runtime: Runtime) -> dict[int, Talk]:
    """Conversations by id, in which a few words are said at random."""
    chance = random.Random(7)
    made = {each: _talk(chance) for each in range(1, TALKS + 1)}
    with runtime.engine.begin() as connection:
        for each, talk in made.items():
            _keep(connection, each, talk)
    indexing = Indexing()
    while indexing(runtime, threading.Event()) == 0.0:
        pass
    return made


def _talk(chance: random.Random) -> Talk:
    heard = [" ".join(chance.sample(WORDS, 2)) for _ in range(chance.randrange(1, 5))]
    return Talk(chance.choice(CONSENTS), heard, chance.choices(SCRIPTS, k=chance.randrange(3)))


def _keep(connection: Connection, each: int, talk: Talk) -> None:
    person = {"id": each, "number": f"+8190000{each:05}"}
    connection.execute(insert(contacts).values(person))
    row = {"id": each, "sender_id": 1, "contact_id": each, "language": "ja"}
    connection.execute(insert(conversations).values(**row, consent=talk.consent))
    heard = {"provider": "twilio", "conversation_id": each, "sender": "x", "recipient": "y"}
    for place, body in enumerate(talk.heard):
        sid = {"provider_sid": f"SM{each}-{place}", "status": "answered"}
        connection.execute(insert(inbound_messages).values(**heard, **sid, body=body))
    said = {"conversation_id": each, "sender_id": 1, "message_class": "reply", "language": "ja"}
    said |= {"revision": "r", "encoding": "GSM-7", "segments": 1, "status": "sent"}
    for key in talk.said:
        body = {"script_key": key, "body": key, "expires_at": seconds_from_now(60)}
        connection.execute(insert(outbound_messages).values(**said, **body))


def pages(runtime: Runtime, asked: dict[str, str]) -> list[list[int]]:
    """The conversations of every page, three at the most on each."""
    found, after = [], ""
    while True:
        wanted = Asked(Scope(), 0, Filters.read(asked), after)
        with runtime.engine.connect() as connection:
            page = listing.page(connection, runtime.vault, wanted, 3)
        found.append([row.conversation_id for row in page.rows])
        if page.next is None:
            return found
        assert page.next != after, "a page that leads to itself"
        after = page.next


@pytest.mark.parametrize(("few", "rare"), BOUNDS)
def test_every_way_finds_what_a_look_at_every_message_finds(
    runtime: Runtime, talks: dict[int, Talk], monkeypatch: pytest.MonkeyPatch, few: int, rare: int
) -> None:
    for room, name, small in (
        (walks, "FEW", few),
        (walks, "RARE", rare),
        (walks, "MESSAGES", (2, 5)),
        (walks, "CONVERSATIONS", (2, 5)),
        # Blocks of eight messages.
        (matching, "BLOCK_BITS", 3),
        (newest, "BLOCK_BITS", 3),
        (newest, "NEAR", 2),
        (newest, "NOT_MUCH", rare),
    ):
        monkeypatch.setattr(room, name, small)

    for asked in QUESTIONS:
        found = pages(runtime, asked)
        assert {one for page in found for one in page} == {
            each for each, talk in talks.items() if talk.answers(**asked)
        }, asked
        assert all(len(set(page)) == len(page) <= 3 for page in found)


def test_a_page_looks_at_so_much_and_no_more(
    runtime: Runtime, talks: dict[int, Talk], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, small in (("MESSAGES", (2, 3)), ("FEW", -1), ("RARE", 0)):
        monkeypatch.setattr(walks, name, small)

    found = pages(runtime, {"words": "残高", "language": "en"})
    assert set(map(len, found)) == {0}
    matching = sum(holds(text, "残高") for talk in talks.values() for text in talk.heard)
    assert len(found) == matching // 5 + 1

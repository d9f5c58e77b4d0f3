"""A world for the outbox: two senders, two people, workers that fail, and one carrier."""

import asyncio
import itertools
import shutil
import sqlite3
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis.stateful import (
    RuleBasedStateMachine,
)
from sqlalchemy import Engine, Row, event, insert, select

from bot import errors
from bot.dialogue.decision import Heard
from bot.messaging import inbox
from bot.messaging.grounds import MessageClass
from bot.messaging.sending import send, uncertain
from bot.messaging.sending.attempts import LEASE_S, Claimed, Result
from bot.messaging.sending.post import attempt
from bot.providers import Outgoing
from bot.providers.wire import LONGEST_S
from bot.runtime import Runtime
from bot.store.columns import utc_now
from bot.store.session import connect, transact
from bot.store.tables import (
    contacts,
    conversations,
    outbound_messages,
    senders,
)
from tests.carrier import Carrier
from tests.messaging.lines import HANAKO, TARO
from tests.people import OURS

OTHER = "+815000000002"
# One person whom two of our senders write to, and another.
PAIRS = [(OURS, HANAKO), (OTHER, HANAKO), (OURS, TARO)]
CLASSES = [MessageClass.REPLY, MessageClass.CONFIRMATION, MessageClass.NOTICE]
# Few words, so that equal texts to one person are common, and one that travels in parts.
TEXTS = [("はい", 1), ("いいえ", 1), ("長" * 200, 3)]
REFUSAL = errors.Refused("refused with code 21612", 21612)
FATES: dict[str, errors.SendError | None] = {
    "taken": None,
    "refused": REFUSAL,
    "asked to wait": errors.Throttled("asked to slow down", 20429),
    "not reached": errors.Unreachable("the provider could not be reached"),
    "lost on the way": errors.Uncertain("the provider's answer did not arrive"),
    "taken in silence": errors.Uncertain("the provider's answer did not arrive"),
    "taken late": errors.Uncertain("the provider's answer did not arrive"),
}
SLOWEST_S = int(LONGEST_S)
TOLD = ["queued", "sent", "delivered"]
# The clock looks this often; all that happens in an example takes less than an answer is of use.
TICK_S = 4.0
_databases = itertools.count()
_sids = itertools.count()


class Clock:
    """The database's clock, which stands still until it is moved: no example depends on how fast
    the machine is, so that each is found again."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 3, tzinfo=UTC)  # noon in Japan

    def strftime(self, form: str, moment: str, *ahead: str) -> str:
        """What SQLite's own function does, for the moments that we ask it for."""
        assert (form, moment) == ("%Y-%m-%d %H:%M:%f000", "now")
        at = self.now + timedelta(seconds=sum(float(one.split()[0]) for one in ahead))
        return at.strftime("%Y-%m-%d %H:%M:%S.%f")

    def engine(self, file: Path) -> Engine:
        """An engine on a database that asks this clock."""
        made = connect(f"sqlite:///{file}")

        @event.listens_for(made, "connect")
        def replace_clock(connection: sqlite3.Connection, _: Any) -> None:
            connection.create_function("strftime", -1, self.strftime)

        return made


@dataclass
class Crawling:
    """A request that the carrier will take in so many seconds, whoever still waits for it."""

    message: Outgoing
    takes: float


@dataclass
class InHand:
    """What a worker has claimed, and how long ago; then what came of it, until it is marked."""

    claimed: Claimed
    age: float = 0
    result: Result | None = None


class World(RuleBasedStateMachine):
    """Where an example plays: what happens in it is told elsewhere, how it is done is here."""

    base: Runtime
    template: Path
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.carrier = Carrier()
        own = shutil.copyfile(self.template, self.folder / f"{next(_databases)}.sqlite")
        self.clock = Clock()
        engine = self.clock.engine(Path(own))
        self.runtime = replace(self.base, provider=self.carrier, engine=engine)
        self.hands: list[InHand] = []
        self.wire: list[Crawling] = []
        self.refused: set[int] = set()
        self.stopped: set[str] = set()
        self.ever_stopped: set[str] = set()
        self.too_late: set[int] = set()
        self.seen = self.dated = 0
        self.last: dict[tuple[str, str], int] = {}
        with self.runtime.engine.begin() as connection:
            for ours in (OURS, OTHER):
                connection.execute(insert(senders).values(number=ours, enabled_at=utc_now()))
            for theirs in (HANAKO, TARO):
                connection.execute(insert(contacts).values(number=theirs))
            for sender, contact in ((1, 1), (2, 1), (1, 2)):
                pair = {"sender_id": sender, "contact_id": contact, "language": "ja"}
                connection.execute(insert(conversations).values(**pair, consent="granted"))

    @property
    def not_sent(self) -> list[InHand]:
        return [hand for hand in self.hands if hand.result is None]

    @property
    def landed(self) -> list[InHand]:
        return [hand for hand in self.hands if hand.result is not None]

    def rows(self) -> list[Row[Any]]:
        with self.runtime.engine.begin() as connection:
            return list(
                connection.execute(select(outbound_messages).order_by(outbound_messages.c.id))
            )

    def tick(self, seconds: float) -> None:
        """So much time passes, and then the clock makes its round."""
        self.clock.now += timedelta(seconds=seconds)
        for hand in self.hands:
            hand.age += seconds
        for one in self.wire:
            one.takes -= seconds
        for one in [one for one in self.wire if one.takes <= 0]:
            self.wire.remove(one)
            asyncio.run(self.carrier.send(one.message, self.runtime.wire.post))
            self.date_the_list()
        transact(self.runtime.engine, uncertain.expire_leases)
        uncertain.resolve(self.runtime)

    def send(self, hand: InHand, fate: str, takes: float = 0) -> None:
        """One attempt, by a worker whose clock says how long ago it claimed."""
        error = FATES[fate]
        self.carrier.answers_lost = [error] if error and fate == "taken in silence" else []
        self.carrier.faults = [error] if error and fate != "taken in silence" else []
        leased_until = time.monotonic() + LEASE_S - hand.age
        claimed = replace(hand.claimed, leased_until=leased_until)
        hand.result = asyncio.run(attempt(self.carrier, self.runtime.wire.post, claimed))
        self.date_the_list()
        left = error is not None and not hand.result.given_back
        if left and error is REFUSAL:
            self.refused.add(claimed.id)
        if left and fate == "taken late":
            outgoing = Outgoing(claimed.id, claimed.sender, claimed.recipient, claimed.body, 60)
            self.wire.append(Crawling(outgoing, takes))
        self.carrier.faults, self.carrier.answers_lost = [], []

    def date_the_list(self) -> None:
        """What the carrier has just taken is listed by the clock of the example."""
        new = len(self.carrier.listed) - self.dated
        for number in range(new):
            whose, one = self.carrier.listed[number]
            self.carrier.listed[number] = whose, replace(one, created_at=self.clock.now)
        self.dated += new

    def write_down(self, hands: list[InHand]) -> None:
        results = [hand.result for hand in hands if hand.result is not None]
        if not results:
            return
        transact(
            self.runtime.engine,
            lambda connection: send._write_down(connection, self.runtime, results),
        )
        for hand in hands:
            self.hands.remove(hand)

    def says(self, ours: str, theirs: str, body: str) -> None:
        inbox.hear(self.runtime, Heard("twilio", f"SMsaid{next(_sids)}", theirs, ours, body))

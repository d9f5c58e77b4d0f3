"""A disk without room: the carrier is told to come again, and nothing is half written."""

import itertools

import pytest
from sqlalchemy import event, func, select, text

from bot.runtime import Runtime
from bot.store.tables import inbound_messages, outbound_messages
from tests.people import Texting

NO_LIMIT = 2**30
# So many texts fill the room that is left many times over.
MOST_TEXTS = 300


class Disk:
    """The room that SQLite has, in pages."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._pages = NO_LIMIT
        event.listen(runtime.engine, "checkout", self._limit)

    def _limit(self, connection: object, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count={self._pages}")  # type: ignore[attr-defined]

    def fill(self) -> None:
        """Leave a few pages."""
        with self._runtime.engine.connect() as connection:
            self._pages = connection.execute(text("PRAGMA page_count")).scalar_one() + 3

    def clear(self) -> None:
        """Leave all the room there is."""
        self._pages = NO_LIMIT


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_keeps_nothing_by_halves(runtime: Runtime, texting: Texting) -> None:
    disk = Disk(runtime)
    disk.fill()
    bodies = itertools.cycle(["残高", "ヘルプ", "配信停止", "配信開始"])
    answers = []
    for number, body in zip(range(MOST_TEXTS), bodies, strict=False):
        answers.append(texting.hears("+819000000001", body, f"SMfull{number}").status_code)
        if answers[-1] != 200:
            break

    assert answers[-1] == 503
    assert kept(runtime) == ["answered"] * (len(answers) - 1)
    assert sound(runtime)

    disk.clear()
    assert texting.hears("+819000000001", "ヘルプ", f"SMfull{len(answers) - 1}").status_code == 200
    assert kept(runtime) == ["answered"] * len(answers)
    assert sound(runtime)


def kept(runtime: Runtime) -> list[str]:
    """What became of the texts, in their order."""
    with runtime.engine.connect() as connection:
        return list(connection.scalars(select(inbound_messages.c.status)))


def sound(runtime: Runtime) -> bool:
    """Whether the file is whole, and every text that wants an answer has one."""
    answered = select(func.count(outbound_messages.c.inbound_id.distinct()))
    texts = select(func.count(inbound_messages.c.id))
    with runtime.engine.connect() as connection:
        whole = connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        return whole and connection.scalar(answered) == connection.scalar(texts)

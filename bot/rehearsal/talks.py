"""Talks that must go on as they went: those of the personas, and those that staff saved."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from bot.errors import ScriptRefused
from bot.rehearsal.personas import everyone, persona, simulate
from bot.rehearsal.stage import Turn
from bot.runtime import Runtime
from bot.scripts.edition import Edition
from bot.store.tables import script_talks

LONGEST_NAME = 64
MOST_TURNS = 40
MOST_TALKS = 100

_talk = script_talks.c


@dataclass(frozen=True)
class Expected:
    """What was said, and what must come of it; None is not looked at."""

    text: str
    keys: tuple[str, ...]
    intent: str | None = None
    state: str | None = None
    looks_at_state: bool = False

    def fits(self, turn: Turn) -> bool:
        """Whether a turn went as it must."""
        intent = self.intent in {None, turn.intent}
        state = not self.looks_at_state or self.state == turn.state_after
        return intent and state and list(self.keys) == turn.keys


@dataclass(frozen=True)
class Played:
    """A talk played again: `green` where every turn went as it must."""

    name: str
    persona: str
    expected: tuple[Expected, ...]
    turns: tuple[Turn, ...]

    @property
    def green(self) -> bool:
        """Whether it went as it must."""
        return all(map(Expected.fits, self.expected, self.turns))

    @property
    def first_wrong(self) -> tuple[Expected, Turn] | None:
        """The first turn that went otherwise."""
        both = zip(self.expected, self.turns, strict=True)
        return next(((one, turn) for one, turn in both if not one.fits(turn)), None)


def save(
    connection: Connection, name: str, persona_id: str, turns: Sequence[Turn], who: str
) -> None:
    """Keep a talk as it went; ScriptRefused for a name that is taken, and one talk too many."""
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME:
        raise ScriptRefused(f"A talk needs a name of at most {LONGEST_NAME} letters.")
    if not turns or len(turns) > MOST_TURNS:
        raise ScriptRefused(f"A talk to keep has 1 to {MOST_TURNS} texts.")
    names: list[str] = list(connection.execute(select(_talk.name)).scalars())
    if plain in names or plain in everyone():
        raise ScriptRefused(f"There is a talk {plain} already: choose another name.")
    if len(names) >= MOST_TALKS:
        raise ScriptRefused(f"{MOST_TALKS} talks are kept, and no more: forget one.")
    kept = {"name": plain, "persona": persona_id, "author": who, "turns": [*map(_kept, turns)]}
    connection.execute(insert(script_talks).values(**kept))


def forget(connection: Connection, name: str) -> None:
    """Forget a saved talk."""
    if not connection.execute(delete(script_talks).where(_talk.name == name)).rowcount:
        raise ScriptRefused(f"There is no saved talk {name}.")


def saved(connection: Connection) -> list[tuple[str, str, tuple[Expected, ...]]]:
    """Name, persona and course of every talk: those that ship, and those that were saved."""
    shipped = [(one.id, one.id, _lines(one.id)) for one in everyone().values()]
    rows = connection.execute(select(script_talks).order_by(_talk.id))
    return shipped + [(row.name, row.persona, tuple(map(_expected, row.turns))) for row in rows]


def play(
    runtime: Runtime,
    edition: Edition,
    talks: Sequence[tuple[str, str, tuple[Expected, ...]]],
) -> list[Played]:
    """Play talks with an edition."""
    return list(_played(runtime, edition, talks))


def _played(
    runtime: Runtime,
    edition: Edition,
    talks: Sequence[tuple[str, str, tuple[Expected, ...]]],
) -> Iterator[Played]:
    for name, who, expected in talks:
        turns = simulate(runtime, persona(who), [one.text for one in expected], edition)
        yield Played(name, who, expected, tuple(turns))


def _lines(persona_id: str) -> tuple[Expected, ...]:
    return tuple(Expected(line.says, line.keys) for line in persona(persona_id).talk)


def _kept(turn: Turn) -> dict[str, Any]:
    return {
        "text": turn.text,
        "keys": turn.keys,
        "intent": turn.intent,
        "state": turn.state_after,
    }


def _expected(kept: Mapping[str, Any]) -> Expected:
    return Expected(
        kept["text"], tuple(kept["keys"]), kept["intent"], kept["state"], looks_at_state=True
    )

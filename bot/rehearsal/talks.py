"""Talks that must go on as they went: those of the personas, and those that staff saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select

from bot.errors import ScriptRefused
from bot.rehearsal.personas import begin, everyone, persona
from bot.rehearsal.stage import Stage, Turn, open_stages
from bot.runtime import Runtime
from bot.scripts.edition import Edition
from bot.scripts.item import Changes
from bot.scripts.sentence import Sentence
from bot.store.tables import script_talks
from bot.text.storable import storable

LONGEST_NAME = 64
MOST_TURNS = 40
MOST_TALKS = 100
# All talks together: they are played before keywords are published, at about 11 ms a text.
MOST_TEXTS = 1_000

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


class Course(NamedTuple):
    """A talk as it must go on; `id` and `author` where staff saved it."""

    name: str
    persona: str
    expected: tuple[Expected, ...]
    id: int | None = None
    author: str | None = None


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
) -> int:
    """Keep a talk as it went, and return its id.

    ScriptRefused for a name that is taken, and for one talk too many.
    """
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise ScriptRefused(Sentence("talk_without_name", most=LONGEST_NAME))
    if not turns or len(turns) > MOST_TURNS:
        raise ScriptRefused(Sentence("talk_too_long", most=MOST_TURNS))
    _refuse_one_too_many(connection, plain, len(turns))
    kept = {"name": plain, "persona": persona_id, "author": who, "turns": [*map(_kept, turns)]}
    made = insert(script_talks).values(**kept).returning(_talk.id)
    return int(connection.execute(made).scalar_one())


def _refuse_one_too_many(connection: Connection, name: str, texts: int) -> None:
    known = {row.name: len(row.turns) for row in connection.execute(select(script_talks))}
    if name in known or name in everyone():
        raise ScriptRefused(Sentence("talk_name_taken", name=name))
    if len(known) >= MOST_TALKS:
        raise ScriptRefused(Sentence("too_many_talks", most=MOST_TALKS))
    if sum(known.values()) + texts > MOST_TEXTS:
        raise ScriptRefused(Sentence("too_many_texts", most=f"{MOST_TEXTS:,}"))


def forget(connection: Connection, name: str) -> int:
    """Forget a saved talk, and return the id that it had."""
    gone = delete(script_talks).where(_talk.name == storable(name)).returning(_talk.id)
    found = connection.execute(gone).scalar()
    if found is None:
        raise ScriptRefused(Sentence("no_talk", name=name))
    return int(found)


def saved(connection: Connection) -> list[Course]:
    """Every talk: those that ship, and those that were saved."""
    shipped = [Course(one.id, one.id, _lines(one.id)) for one in everyone().values()]
    rows = connection.execute(select(script_talks).order_by(_talk.id))
    return shipped + [
        Course(row.name, row.persona, tuple(map(_expected, row.turns)), row.id, row.author)
        for row in rows
    ]


def touched(talks: Sequence[Course], changes: Changes, edition: Edition) -> list[Course]:
    """The talks that changes can touch, to be played before these are published.

    Keywords, and words that stand in other texts, may touch each of them. Another script touches
    only the talks that say it: nothing else is read or rendered in them.
    """
    if not all(slot in edition.scripts and edition.scripts[slot].leaves for slot in changes):
        return list(talks)
    # Words that a country has of its own are said under the key that is said everywhere.
    keys = {part for key, _ in changes for part in (key, key.partition(".")[2])}
    return [one for one in talks if any(keys & set(line.keys) for line in one.expected)]


def play(runtime: Runtime, edition: Edition, talks: Sequence[Course]) -> list[Played]:
    """Play talks with an edition, each on a stage of its own."""
    with open_stages(runtime, edition) as new_stage:
        return [_played(new_stage(), talk) for talk in talks]


def _played(stage: Stage, talk: Course) -> Played:
    going_on = begin(stage, persona(talk.persona))
    turns = tuple(going_on.say(one.text) for one in talk.expected)
    return Played(talk.name, talk.persona, talk.expected, turns)


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

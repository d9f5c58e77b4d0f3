"""A flow is a table of moves; `transitions` walks it.

The name of a state is the key of its script: entering `ask_party` of the flow `booking` says
`booking.ask_party`; staying there says `booking.ask_party.again`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from transitions import Machine

from bot.dialogue.intents import Reading
from bot.dialogue.turn import Reply, Turn
from bot.dialogue.vocabulary import Intent
from bot.errors import FlowError
from bot.text.normalize import normalize

START = "start"
DONE = "done"
# What the columns of a conversation hold.
LONGEST_NAME = 64

Trigger = Literal["begin", "reply", "back", "expire", "stop"]
TRIGGERS = ("begin", "reply", "back", "expire", "stop")


@dataclass(frozen=True)
class Move:
    """One row of the table: on a trigger, from these states, to a state (None: stay there)."""

    trigger: str
    at: tuple[str, ...]
    to: str | None
    when: Callable[[Turn], object] | None
    then: Callable[[Turn], object] | None


def move(
    trigger: Trigger,
    at: str | Sequence[str],
    to: str | None = None,
    *,
    when: Callable[[Turn], object] | None = None,
    then: Callable[[Turn], object] | None = None,
) -> Move:
    """A row of a flow's table.

    `when` is a condition on the turn, `then` acts on it (slots, say, do) before the state's own
    script is said. A row without `to` stays; without `when` it is the last resort of its state.
    """
    return Move(trigger, (at,) if isinstance(at, str) else tuple(at), to, when, then)


class Flow:
    """Something the bot can talk about.

    `keywords` begin it, as the whole text or as its first word; `intents` begin it by meaning.
    `needs` names the facts to load before a turn ("account"). In a state listed in `secret` the
    digits that people write are never stored. An `aside` flow is a single remark: it leaves the
    running conversation where it was.

    Raises FlowError when the table names an unknown trigger, cannot begin, has a state that
    nothing leads to, or a name that is too long to be stored.
    """

    def __init__(
        self,
        name: str,
        moves: Iterable[Move],
        *,
        keywords: Iterable[str] = (),
        match: Literal["whole", "first_word"] = "whole",
        intents: Iterable[Intent] = (),
        needs: Iterable[str] = (),
        secret: Iterable[str] = (),
        aside: bool = False,
    ) -> None:
        self.name = name
        self.moves = tuple(moves)
        words = (keywords,) if isinstance(keywords, str) else keywords
        self.keywords = frozenset(normalize(word) for word in words)
        self.match = match
        self.intents = frozenset(intents)
        self.needs = frozenset(needs)
        self.secret = frozenset(secret)
        self.aside = aside
        self.states = _states(self.name, self.moves)
        self._machine = self._build()

    def begins_on(self, text: str, reading: Reading) -> bool:
        """Whether a text, as it was written and as it was read, begins this flow."""
        if reading.intent in self.intents or reading.form in self.keywords:
            return True
        first = text.split(maxsplit=1)
        return self.match == "first_word" and bool(first) and normalize(first[0]) in self.keywords

    def step(self, trigger: Trigger, turn: Turn) -> bool:
        """Take the first move of the turn's state that fits; False when the table has none.

        The turn then holds the new state, the replies and the effects. `turn.understood` is False
        when only the last resort of the state fitted.
        """
        if turn.state not in self.states or not self.hears(trigger, turn.state):
            return False
        # An unregistered model keeps nothing alive and costs 8 µs; see test_flow.py.
        return bool(self._machine.events[trigger].trigger(turn))

    def hears(self, trigger: str, state: str) -> bool:
        """Whether the table has a move for this trigger in this state."""
        return any(row.trigger == trigger and state in row.at for row in self.moves)

    def _build(self) -> Machine:
        machine = Machine(
            model=None,
            states=list(self.states),
            initial=START,
            send_event=True,
            auto_transitions=False,
            queued=False,
        )
        for row in (*self.moves, *self._last_resorts()):
            machine.add_transition(
                row.trigger,
                list(row.at),
                row.to,
                conditions=[_condition(row)] if row.when else None,
                before=self._action(row),
                after=self._entering(row),
            )
        return machine

    def _last_resorts(self) -> list[Move]:
        """A state that answers some replies answers them all: by asking again."""
        return [
            move("reply", state)
            for state in self.states
            if self.hears("reply", state)
            and not any(
                row.trigger == "reply" and state in row.at and row.when is None
                for row in self.moves
            )
        ]

    def _action(self, row: Move) -> Callable[[Any], None]:
        def act(event: Any) -> None:
            turn: Turn = event.model
            turn.understood = row.when is not None or row.to is not None
            if row.then is not None:
                row.then(turn)

        return act

    def _entering(self, row: Move) -> Callable[[Any], None]:
        def say(event: Any) -> None:
            turn: Turn = event.model
            key = f"{self.name}.{turn.state}"
            if row.to is None:
                if not turn.replies:
                    turn.replies.append(Reply(f"{key}.again", dict(turn.slots), otherwise=key))
            elif row.to != DONE:
                turn.replies.append(Reply(key, dict(turn.slots)))
            elif not turn.replies:
                turn.replies.append(Reply(key, dict(turn.slots), unless_missing=True))

        return say


def _condition(row: Move) -> Callable[[Any], bool]:
    return lambda event: bool(row.when and row.when(event.model))


def _states(name: str, moves: tuple[Move, ...]) -> tuple[str, ...]:
    """START, DONE and every state a move leads to; FlowError for one that nothing leads to."""
    for row in moves:
        if row.trigger not in TRIGGERS:
            raise FlowError(f"Flow {name}: {row.trigger} is no trigger; use one of {TRIGGERS}.")
    if not any(row.trigger == "begin" and START in row.at for row in moves):
        raise FlowError(f"Flow {name} cannot begin: add move('begin', START, …).")
    reached = {START, DONE} | {row.to for row in moves if row.to is not None}
    for row in moves:
        if lost := set(row.at) - reached:
            raise FlowError(f"Flow {name}: nothing leads to the state {min(lost)}.")
    for long in (part for part in (name, *reached) if len(part) > LONGEST_NAME):
        raise FlowError(f"Flow {name}: {long} is longer than {LONGEST_NAME} characters.")
    return tuple(sorted(reached))

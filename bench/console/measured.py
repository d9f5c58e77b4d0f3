"""How long each question takes: asked in turns, so that whatever else the machine does hits all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import inf
from statistics import median

from bench.console.browser import Browser
from bench.console.questions import LIST, Question
from bench.figures import percentile

WARM_UP_ROUNDS = 3
# What is asked of the server. An absolute time depends on the machine: shown, not asserted.
P95_BELOW_MS = 150
# No question may take so many times what the plain list takes, by their medians in the same run.
# Measured: 17 at the most, of a word and a language that exclude each other, with half as much
# again to look at (docs/performance.md); above this something became twice as slow.
TIMES_AT_MOST = 20


@dataclass(frozen=True)
class Times:
    """The answers to one question of one member of staff; `lines` of the last one."""

    who: str
    question: str
    seconds: Sequence[float]
    lines: int

    @property
    def milliseconds(self) -> list[float]:
        """In order."""
        return sorted(1000 * second for second in self.seconds)

    @property
    def p95(self) -> float:
        """What 95 of 100 answers do not exceed, in milliseconds."""
        return percentile(self.milliseconds, 95)

    def times(self, plain: "Times") -> float:
        """How many times what the plain list takes."""
        return median(self.seconds) / median(plain.seconds)


def ask(
    browsers: Mapping[str, Browser],
    questions: Iterable[Question],
    rounds: int,
    warm_up: int = WARM_UP_ROUNDS,
) -> list[Times]:
    """Ask every question of everybody, round by round; an answer that is an error took forever."""
    asked = list(product(browsers, questions))
    took: dict[tuple[str, str], list[float]] = defaultdict(list)
    lines = {}
    for turn in range(-warm_up, rounds):
        for who, question in asked:
            seen = browsers[who].get(question.paths[turn % len(question.paths)])
            lines[who, question.name] = seen.lines
            if turn >= 0:
                seconds = seen.seconds if seen.status in _FINE else inf
                took[who, question.name].append(seconds)
    return [Times(*key, seconds, lines[key]) for key, seconds in took.items()]


# A department sees no conversation of another one.
_FINE = frozenset({200, 404})


def too_slow(everything: Sequence[Times]) -> list[Times]:
    """The questions that take too many times what the plain list takes for the same member."""
    plain = {one.who: one for one in everything if one.question == LIST}
    return [one for one in everything if one.times(plain[one.who]) > TIMES_AT_MOST]

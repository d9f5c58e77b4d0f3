"""The tables that are no chart's: by carrier, by error, the way to a payment, what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.overview.dashboard.counting import STEPS
from bot.overview.dashboard.figures import Figure, Figures


@dataclass(frozen=True)
class Fate:
    """How many messages, or segments, arrived and how many did not, of how many; `name` is the
    carrier's, empty where it is not told."""

    name: str
    all: int
    arrived: int
    lost: int

    @property
    def open(self) -> int:
        """Those of which nothing final is known."""
        return self.all - self.arrived - self.lost

    @property
    def rate(self) -> float | None:
        """The share that arrived of those whose fate is known, 0 to 1."""
        known = self.arrived + self.lost
        return self.arrived / known if known else None


@dataclass(frozen=True)
class Step:
    """How many messages led to a step, and which share of those sent that is, 0 to 1."""

    key: str
    messages: int
    share: float


def carriers(total: Figures) -> Sequence[Fate]:
    """What became of the messages by carrier, most first."""
    fates = [
        Fate(
            name,
            messages,
            total.by(Figure.ATTEMPTS_ARRIVED).get(name, 0),
            total.by(Figure.ATTEMPTS_LOST).get(name, 0),
        )
        for name, messages in total.by(Figure.ATTEMPTS).items()
    ]
    return sorted(fates, key=lambda fate: (-fate.all, fate.name))


def errors(total: Figures) -> Sequence[tuple[str, int]]:
    """How many messages got lost by error code, most first; at most ten codes."""
    return sorted(total.by(Figure.ERRORS).items(), key=lambda one: (-one[1], one[0]))[:10]


def segments(total: Figures) -> Fate:
    """What became of all segments."""
    figures = (Figure.SEGMENTS, Figure.SEGMENTS_ARRIVED, Figure.SEGMENTS_LOST)
    return Fate("", *(total.total(figure) for figure in figures))


def steps(total: Figures) -> Sequence[Step]:
    """The way of the messages about an account to a payment; nothing where there were none."""
    counted = total.by(Figure.STEP)
    if not (sent := counted.get("sent", 0)):
        return ()
    return [Step(key, counted.get(key, 0), counted.get(key, 0) / sent) for key in STEPS]

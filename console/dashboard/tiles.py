"""The figures at the top: each with its value, and what it was in the days before."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.messaging.reports.texts import Outcome
from bot.overview.dashboard.asked import Asked
from bot.overview.dashboard.figures import Figure, Figures
from bot.overview.dashboard.reading import Numbers
from bot.text.language import Language
from console.dashboard.telling import count, lasting, percent


@dataclass(frozen=True)
class Tile:
    """A figure by its key, as it is written, now and before."""

    key: str
    value: str
    before: str


# What is known of texts, whichever campaign they may answer.
_OF_TEXTS = frozenset({"received", "answer_time", "not_understood", "clarified"})


def tiles(numbers: Numbers, asked: Asked, language: Language) -> list[Tile]:
    """Every tile, in order; of a campaign those that are counted by campaign."""
    figures: dict[str, Callable[[Figures], str]] = {
        "attempts": lambda it: count(it.total(Figure.ATTEMPTS)),
        "arrival_rate": lambda it: percent(it.arrival_rate),
        "reply_rate": lambda it: percent(it.reply_rate),
        "reply_time": lambda it: lasting(it.reply_seconds, language),
        "received": lambda it: count(it.total(Figure.RECEIVED)),
        "answer_time": lambda it: lasting(it.answer_seconds, language),
        "not_understood": lambda it: percent(it.read_as(Outcome.NOT_UNDERSTOOD)),
        "clarified": lambda it: percent(it.read_as(Outcome.CLARIFIED)),
        "stopped": lambda it: count(it.total(Figure.STOPPED)),
        "segments": lambda it: count(it.total(Figure.SEGMENTS)),
    }
    return [
        Tile(key, write(numbers.total), write(numbers.before))
        for key, write in figures.items()
        if not (asked.campaign and key in _OF_TEXTS)
    ]

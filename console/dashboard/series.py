"""What each chart of the dashboard shows, of days and of the hours of a single day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.messaging.reports.texts import Outcome
from bot.overview.dashboard.figures import MINUTE_S, Figure, Figures
from bot.text.language import Language
from console.dashboard.telling import count, lasting, percent

Value = Callable[[Figures], float | None]
Write = Callable[[Any], str]


@dataclass(frozen=True)
class Series:
    """A value of each day or hour; `key` names it, and `write` writes it into the table."""

    key: str
    value: Value
    write: Write = count


# What the values of a chart are divided by to be drawn, and in what unit they are then.
UNITS: Mapping[str, tuple[float, str]] = {
    "rates": (0.01, "unit_percent"),
    "understanding": (0.01, "unit_percent"),
    "reply_times": (MINUTE_S, "unit_minutes"),
    "answer_times": (1, "unit_seconds"),
}
# What is known of texts, whichever campaign they may answer.
OF_TEXTS = frozenset({"received", "answer_times", "understanding"})


def by_hour() -> Mapping[str, Sequence[Series]]:
    """Of each hour: what is counted by hour."""
    return {
        "messages": _messages(),
        "received": (Series("received", _total(Figure.RECEIVED)),),
    }


def by_day(language: Language) -> Mapping[str, Sequence[Series]]:
    """Of each day: everything."""
    write = partial(lasting, language=language)
    return {
        "messages": _messages(),
        "rates": (
            Series("arrival_rate", lambda it: it.arrival_rate, percent),
            Series("reply_rate", lambda it: it.reply_rate, percent),
        ),
        "reply_times": (Series("reply_time", lambda it: it.reply_seconds, write),),
        "answer_times": (Series("answer_time", lambda it: it.answer_seconds, write),),
        "understanding": (
            Series("not_understood", lambda it: it.read_as(Outcome.NOT_UNDERSTOOD), percent),
            Series("clarified", lambda it: it.read_as(Outcome.CLARIFIED), percent),
        ),
        "stops": (Series("stopped", _total(Figure.STOPPED)),),
    }


def _messages() -> Sequence[Series]:
    return (
        Series("attempts", _total(Figure.ATTEMPTS)),
        Series("arrived", _total(Figure.ATTEMPTS_ARRIVED)),
    )


def _total(figure: Figure) -> Value:
    return lambda figures: figures.total(figure)

"""What the charts show, and the table below each: the same values, drawn and written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from bot.messaging.reports.texts import Outcome
from bot.overview.dashboard.asked import Asked
from bot.overview.dashboard.figures import MINUTE_S, Figure, Figures
from bot.text.format import day as day_shown
from bot.text.language import Language
from console.dashboard.telling import count, lasting, percent
from console.screens import say

Value = Callable[[Figures], float | None]
Write = Callable[[Any], str]


@dataclass(frozen=True)
class Series:
    """A value of each day; `key` names it, and `write` writes it into the table."""

    key: str
    value: Value
    write: Write = count


@dataclass(frozen=True)
class Chart:
    """A chart of days; what is counted is drawn as bars, what is compared as lines.

    `drawn` is in the chart's unit, `rows` are its days and values as they are written.
    """

    key: str
    drawn: Mapping[str, Any]
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


# What is known of texts, whichever campaign they may answer.
_OF_TEXTS = frozenset({"answer_times", "understanding"})


def charts(days: Mapping[date, Figures], asked: Asked, language: Language) -> list[Chart]:
    """Every chart of these days, of two and more; of a campaign those that are counted by it."""
    shown = _all(language) if len(days) > 1 else {}
    return [
        _chart(key, series, days, language)
        for key, series in shown.items()
        if not (asked.campaign and key in _OF_TEXTS)
    ]


def _all(language: Language) -> Mapping[str, Sequence[Series]]:
    write = partial(lasting, language=language)
    return {
        "messages": (
            Series("attempts", _total(Figure.ATTEMPTS)),
            Series("arrived", _total(Figure.ATTEMPTS_ARRIVED)),
        ),
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


# What the values of a chart are divided by to be drawn, and in what unit they are then.
_UNITS: Mapping[str, tuple[float, str]] = {
    "rates": (0.01, "unit_percent"),
    "understanding": (0.01, "unit_percent"),
    "reply_times": (MINUTE_S, "unit_minutes"),
    "answer_times": (1, "unit_seconds"),
}


def _total(figure: Figure) -> Value:
    return lambda figures: figures.total(figure)


def _chart(
    key: str, series: Sequence[Series], days: Mapping[date, Figures], language: Language
) -> Chart:
    divided_by, unit = _UNITS.get(key, (1, ""))
    drawn = {
        "day": say(language, "day"),
        "labels": [day_shown(day, language) for day in days],
        "series": [
            {
                "name": say(language, f"figure_{each.key}"),
                "values": [_drawn(each.value(figures), divided_by) for figures in days.values()],
            }
            for each in series
        ],
        "unit": say(language, unit) if unit else "",
        "bars": not unit,
        # Of rates that lie far apart the whole scale is shown.
        "top": 100 if key == "rates" else None,
    }
    rows = [
        (day_shown(day, language), *(each.write(each.value(figures)) for each in series))
        for day, figures in days.items()
    ]
    names = [say(language, f"figure_{each.key}") for each in series]
    return Chart(key, drawn, names, rows)


def _drawn(value: float | None, divided_by: float) -> float | None:
    return None if value is None else round(value / divided_by, 2)

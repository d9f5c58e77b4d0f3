"""The charts, and the table below each: the same values, drawn and written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from bot.overview.dashboard.asked import Asked
from bot.overview.dashboard.figures import HOURLY, Figures
from bot.overview.dashboard.keeping import Progress
from bot.overview.dashboard.reading import Numbers
from bot.text.format import TOKYO
from bot.text.format import day as day_shown
from bot.text.language import Language
from console.dashboard.series import OF_TEXTS, UNITS, Series, by_day, by_hour
from console.dashboard.telling import NOTHING
from console.screens import say

# Of what is left of a day nothing is known, which is not nought.
Span = tuple[str, Figures | None]


@dataclass(frozen=True)
class Chart:
    """A chart of days or hours; what is counted is drawn as bars, what is compared as lines.

    `drawn` is in the chart's unit, `rows` are its days or hours and values as they are written;
    `is_empty` says that there is no value at all.
    """

    key: str
    drawn: Mapping[str, Any]
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known."""
        return all(value is None for each in self.drawn["series"] for value in each["values"])


def charts(numbers: Numbers, asked: Asked, language: Language) -> list[Chart]:
    """Every chart of these days, of a single one by its hours; of a campaign those that are counted
    by it. None of a day that was counted before hours were."""
    spans: list[Span]
    if len(numbers.days) > 1:
        spans = [(day_shown(day, language), it) for day, it in numbers.days.items()]
        shown, unit = by_day(language), "day"
    else:
        spans = list(_hours(numbers, language))
        shown, unit = by_hour(), "hour"
    return [
        _chart(key, series, spans, unit, language)
        for key, series in (shown.items() if spans else ())
        if not (asked.campaign and key in OF_TEXTS)
    ]


def _hours(numbers: Numbers, language: Language) -> Iterator[Span]:
    [(day, figures)] = numbers.days.items()
    if any(figures.total(whole) > figures.total(hourly) for whole, hourly in HOURLY.items()):
        return
    for hour in range(24):
        is_known = _had_begun(numbers.progress, day, hour)
        yield say(language, "hour_of", hour=hour), figures.of_hour(hour) if is_known else None


def _had_begun(progress: Progress | None, day: date, hour: int) -> bool:
    begins = datetime.combine(day, time(hour), TOKYO)
    return progress is not None and begins <= progress.counted_at


def _chart(
    key: str, series: Sequence[Series], spans: Sequence[Span], unit: str, language: Language
) -> Chart:
    names = [say(language, f"figure_{each.key}") for each in series]
    return Chart(
        key,
        {
            "span": say(language, unit),
            "steps": _STEPS[unit],
            "labels": [label for label, _ in spans],
            "series": [
                {"name": name, "values": _drawn(key, each, spans)}
                for name, each in zip(names, series, strict=True)
            ],
            "unit": say(language, UNITS[key][1]) if key in UNITS else "",
            "bars": key not in UNITS,
            # Of rates that lie far apart the whole scale is shown.
            "top": 100 if key == "rates" else None,
        },
        [say(language, unit), *names],
        [(label, *(_written(each, it) for each in series)) for label, it in spans],
    )


# After how many days or hours the next one is written below a chart, the fewest that have room.
_STEPS = {"day": (1, 2, 5, 7, 14, 30, 60, 100), "hour": (1, 2, 3, 6, 12)}


def _drawn(key: str, series: Series, spans: Sequence[Span]) -> list[float | None]:
    divided_by = UNITS[key][0] if key in UNITS else 1
    values = (None if it is None else series.value(it) for _, it in spans)
    return [None if value is None else round(value / divided_by, 2) for value in values]


def _written(series: Series, figures: Figures | None) -> str:
    return NOTHING if figures is None else series.write(series.value(figures))

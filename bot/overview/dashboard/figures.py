"""What is counted of each day, and what follows from the counts: rates, medians, cost."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from bot.messaging.reports.texts import Outcome

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 24 * 3600


class Figure(StrEnum):
    """What a count is of, and what its detail tells.

    Of each script: the messages that the bot sent, those with a final status and those that
    arrived, those that people answered (detail: after how many seconds), and by STEP how far the
    ones about an account led. Of each carrier: the attempts, which the provider took, their
    segments, and how many of both arrived or got lost. ERRORS are attempts that got lost, by their
    code. Texts RECEIVED by outcome, and REPLIED by the seconds until the bot's answer was sent;
    people who STOPPED by method; payment PAGES opened, PAYMENTS made. HOUR_… are attempts, those
    that arrived, and texts received once more, by their hour in Japan, 0 to 23.

    Messages, attempts, steps and stops are counted by campaign, too.
    """

    SENT = "sent"
    SETTLED = "settled"
    ARRIVED = "arrived"
    ANSWERED = "answered"
    STEP = "step"
    ATTEMPTS = "attempts"
    ATTEMPTS_ARRIVED = "attempts_arrived"
    ATTEMPTS_LOST = "attempts_lost"
    SEGMENTS = "segments"
    SEGMENTS_ARRIVED = "segments_arrived"
    SEGMENTS_LOST = "segments_lost"
    ERRORS = "errors"
    RECEIVED = "received"
    REPLIED = "replied"
    STOPPED = "stopped"
    PAGES = "pages"
    PAYMENTS = "payments"
    HOUR_ATTEMPTS = "hour_attempts"
    HOUR_ARRIVED = "hour_arrived"
    HOUR_RECEIVED = "hour_received"


HOURLY: Mapping[Figure, Figure] = {
    Figure.ATTEMPTS: Figure.HOUR_ATTEMPTS,
    Figure.ATTEMPTS_ARRIVED: Figure.HOUR_ARRIVED,
    Figure.RECEIVED: Figure.HOUR_RECEIVED,
}


def told(seconds: float) -> int:
    """A time as exactly as people tell it: to the second below two minutes, to the minute below
    two hours, to the hour below two days, to the day above; in seconds."""
    for unit, below in ((1, 2 * MINUTE_S), (MINUTE_S, 2 * HOUR_S), (HOUR_S, 2 * DAY_S)):
        if seconds < below:
            return round(max(seconds, 0) / unit) * unit
    return round(seconds / DAY_S) * DAY_S


@dataclass(frozen=True)
class Figures:
    """Counts of some days, senders, scripts: by figure, and in it by detail."""

    counts: Mapping[Figure, Mapping[str, int]]

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, int]]) -> "Figures":
        """From rows of figure, detail and number; equal ones are added up."""
        counts: dict[Figure, Counter[str]] = {}
        for figure, detail, number in rows:
            counts.setdefault(Figure(figure), Counter())[detail] += number
        return cls(counts)

    @classmethod
    def sum(cls, several: Iterable["Figures"]) -> "Figures":
        """All of them together."""
        return cls.of(
            (figure, detail, number)
            for each in several
            for figure, counts in each.counts.items()
            for detail, number in counts.items()
        )

    def by(self, figure: Figure) -> Mapping[str, int]:
        """The counts of a figure by its detail."""
        return self.counts.get(figure, {})

    def total(self, figure: Figure) -> int:
        """The count of a figure, whatever the detail."""
        return sum(self.by(figure).values())

    def of_hour(self, hour: int) -> "Figures":
        """What is counted by hour, of one hour in Japan."""
        counts = {whole: self.by(hourly).get(str(hour), 0) for whole, hourly in HOURLY.items()}
        return Figures({figure: {"": number} for figure, number in counts.items()})

    def share(self, part: Figure, whole: Figure) -> float | None:
        """One count divided by another, 0 to 1; None of nothing."""
        of = self.total(whole)
        return self.total(part) / of if of else None

    @property
    def arrival_rate(self) -> float | None:
        """The share that arrived of the attempts whose fate is known, 0 to 1."""
        arrived, lost = self.total(Figure.ATTEMPTS_ARRIVED), self.total(Figure.ATTEMPTS_LOST)
        return arrived / (arrived + lost) if arrived + lost else None

    @property
    def script_arrival_rate(self) -> float | None:
        """The share that arrived of the messages with a final status, 0 to 1."""
        return self.share(Figure.ARRIVED, Figure.SETTLED)

    @property
    def reply_rate(self) -> float | None:
        """The share of the bot's messages that people answered, 0 to 1."""
        return self.share(Figure.ANSWERED, Figure.SENT)

    @cached_property
    def reply_seconds(self) -> float | None:
        """The median time until people answered."""
        return _median(self.by(Figure.ANSWERED))

    @cached_property
    def answer_seconds(self) -> float | None:
        """The median time until the bot's answer was sent."""
        return _median(self.by(Figure.REPLIED))

    @property
    def read(self) -> int:
        """The texts that the bot read."""
        return self.total(Figure.RECEIVED) - self.by(Figure.RECEIVED).get(Outcome.UNREAD, 0)

    def read_as(self, outcome: Outcome) -> float | None:
        """The share of the texts read with this outcome, 0 to 1."""
        return self.by(Figure.RECEIVED).get(outcome, 0) / self.read if self.read else None


def _median(counted: Mapping[str, int]) -> float | None:
    """The median of times, of which it is counted how often each was."""
    total = sum(counted.values())
    if not total:
        return None
    ordered = sorted((int(seconds), times) for seconds, times in counted.items())
    return (_at(ordered, (total - 1) // 2) + _at(ordered, total // 2)) / 2


def _at(ordered: Iterable[tuple[int, int]], place: int) -> int:
    for seconds, times in ordered:
        if place < times:
            return seconds
        place -= times
    raise IndexError(place)

"""From measured times to the few figures that describe them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, nan


@dataclass(frozen=True)
class Spread:
    """How a set of durations lies, in milliseconds."""

    p50: float
    p95: float
    p99: float
    longest: float

    def __str__(self) -> str:
        return (
            f"p50 {self.p50:.1f}  p95 {self.p95:.1f}  p99 {self.p99:.1f}  max {self.longest:.1f} ms"
        )


def spread(seconds: Sequence[float]) -> Spread:
    """The spread of durations given in seconds."""
    ordered = sorted(1000 * second for second in seconds)
    return Spread(*(percentile(ordered, percent) for percent in (50, 95, 99, 100)))


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The smallest value that `percent` of the ordered values do not exceed; NaN for none."""
    if not ordered:
        return nan
    return ordered[max(ceil(len(ordered) * percent / 100), 1) - 1]

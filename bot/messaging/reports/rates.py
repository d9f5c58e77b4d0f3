"""Whether a delivery rate fell: pure arithmetic on counts.

A rate is compared with the one of the seven days before. That it is lower by five points is what
matters; that chance does not do it is told by the binomial distribution: how probable so few
arrivals are if each message still arrives as it did in that week.
"""

import math
from dataclasses import dataclass

# Below these a rate says nothing: one handset that is off would be an alarm.
FEWEST_LATELY = 30
FEWEST_BEFORE = 200
FELL_BY = 0.05
# Half of that is back to what it was.
BACK_WITHIN = 0.025
# It is asked every five minutes of every sender and carrier. Windows that overlap answer alike, so
# that is some thirty questions a day: with ten of them, one false alarm a month.
CHANCE = 1e-4


@dataclass(frozen=True)
class Tally:
    """How many messages arrived, and how many did not, as far as one knows by now."""

    arrived: int = 0
    lost: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.arrived + self.lost

    @property
    def rate(self) -> float:
        """The share that arrived, 0 to 1; of nothing everything did."""
        return self.arrived / self.total if self.total else 1.0

    def __add__(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(self.arrived + other.arrived, self.lost + other.lost)


def fell(lately: Tally, before: Tally) -> bool:
    """Whether the rate is lower than before, by more than five points and more than chance."""
    if not _enough(lately, before) or lately.rate > before.rate - FELL_BY:
        return False
    # One more of each: a week without a loss does not make the next one impossible.
    usual_loss = (before.lost + 1) / (before.total + 2)
    return at_least(lately.lost, lately.total, usual_loss) < CHANCE


def is_back(lately: Tally, before: Tally) -> bool:
    """Whether the rate surely is again what it was before."""
    return _enough(lately, before) and lately.rate >= before.rate - BACK_WITHIN


def _enough(lately: Tally, before: Tally) -> bool:
    return lately.total >= FEWEST_LATELY and before.total >= FEWEST_BEFORE


def at_least(losses: int, total: int, chance: float) -> float:
    """The probability of so many losses or more among `total`, each lost with `chance` (0 to 1)."""
    if losses <= 0:
        return 1.0
    log_term = (
        math.lgamma(total + 1)
        - math.lgamma(losses + 1)
        - math.lgamma(total - losses + 1)
        + losses * math.log(chance)
        + (total - losses) * math.log1p(-chance)
    )
    term, summed = math.exp(log_term), 0.0
    for more in range(losses, total + 1):
        summed += term
        term *= (total - more) / (more + 1) * chance / (1 - chance)
    return min(summed, 1.0)

"""How figures are written: counts, shares of a hundred, lengths of time."""

from bot.overview.dashboard.figures import DAY_S, HOUR_S, MINUTE_S
from bot.text.language import Language
from console.screens import say

# Where there is nothing to divide by.
NOTHING = "–"


def count(number: int) -> str:
    """A whole number with its thousands parted: "12,800"."""
    return f"{number:,}"


def percent(share: float | None) -> str:
    """A share, 0 to 1, of a hundred: "98.5%"; what is no whole is never rounded up to one."""
    if share is None:
        return NOTHING
    hundred = min(round(share * 100, 1), 99.9) if share < 1 else 100.0
    return f"{hundred:g}%"


def lasting(seconds: float | None, language: Language) -> str:
    """A length of time as exactly as people tell it: "90秒", "12分", "3時間", "2日"."""
    if seconds is None:
        return NOTHING
    if seconds < 2 * MINUTE_S:
        return say(language, "seconds", seconds=f"{seconds:g}")
    if seconds < 2 * HOUR_S:
        return say(language, "minutes", minutes=round(seconds / MINUTE_S))
    if seconds < 2 * DAY_S:
        return say(language, "hours", hours=round(seconds / HOUR_S))
    return say(language, "days", days=round(seconds / DAY_S))

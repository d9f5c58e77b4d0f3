"""When a company's people are there, with the holidays of Japan."""

from datetime import datetime

import pytest

from bot.text.business_hours import parse
from bot.text.format import TOKYO

OFFICE = parse("Mon-Fri 09:30-18:00")


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-26 09:30", None),
        ("2026-11-26 17:59", None),
        ("2026-11-26 18:00", "2026-11-27 09:30"),
        ("2026-11-26 08:00", "2026-11-26 09:30"),
        ("2026-11-28 12:00", "2026-11-30 09:30"),  # Saturday
        ("2026-11-23 12:00", "2026-11-24 09:30"),  # Labour Thanksgiving Day
        ("2026-09-19 12:00", "2026-09-24 09:30"),  # the 22nd lies between two holidays
        ("2027-05-01 12:00", "2027-05-06 09:30"),  # Golden Week
    ],
)
def test_who_waits_is_told_when_somebody_is_there(now: str, opens: str | None) -> None:
    assert OFFICE is not None

    found = OFFICE.next_opening(datetime.fromisoformat(now).replace(tzinfo=TOKYO))

    assert (found and f"{found:%Y-%m-%d %H:%M}") == opens


def test_no_hours_are_always() -> None:
    assert parse("") is None


@pytest.mark.parametrize(
    "written",
    ["9:30-18:00", "Mon-Fri", "Fri-Mon 09:30-18:00", "Mon-Fri 18:00-09:30", "Mon-Fri 25:00-26:00",
     "Xyz 09:00-10:00"],
)  # fmt: skip
def test_hours_that_cannot_be_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse(written)

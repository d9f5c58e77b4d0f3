"""One of something is told in the singular."""

import pytest

from bot.text.counted import counted


@pytest.mark.parametrize(
    ("told", "number", "nouns"),
    [
        ("1 segment", 1, ("segment",)),
        ("0 segments", 0, ("segment",)),
        ("12 segments", 12, ("segment",)),
        ("1 line is", 1, ("line is", "lines are")),
        ("3 lines are", 3, ("line is", "lines are")),
    ],
)
def test_only_one_is_told_in_the_singular(told: str, number: int, nouns: tuple[str, ...]) -> None:
    assert counted(number, *nouns) == told

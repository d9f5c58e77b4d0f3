"""Whole numbers of addresses and forms, in which anybody may write anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.whole import LARGEST_ID, whole


@given(st.integers(0, LARGEST_ID))
def test_every_id_is_read(number: int) -> None:
    assert whole(str(number)) == number


@given(st.text())
def test_anything_is_a_number_in_range_or_none(written: str) -> None:
    found = whole(written, 500)
    assert found is None or 0 <= found <= 500


@pytest.mark.parametrize(
    "written", ["", "-1", "+1", " 1", "1_0", "1.0", "१२", "²", str(LARGEST_ID + 1), "9" * 5000]
)
def test_nothing_else_is(written: str) -> None:
    assert whole(written) is None

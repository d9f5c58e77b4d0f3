"""What a payment is called at a gateway, written and read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.payments.reference import Reference, parse

NOT_OURS = ["", "1", "1-2", "0-1-1", "1-1-0", "-1-1-1", "1-1-1-1", " 1-1-1", "1-1-1\n", "١-1-1"]
NOT_OURS += [f"{'9' * 19}-1-1", "1-1-" + "9" * 10, "HJ-17", "1-1-1\0", "\ud83d"]


@pytest.mark.parametrize("text", NOT_OURS)
def test_what_is_none_of_ours_is_not_read(text: str) -> None:
    assert parse(text) is None


@given(st.text())
def test_nothing_that_is_written_breaks_the_reading(text: str) -> None:
    reference = parse(text)
    assert reference is None or str(reference).isascii()


@given(st.integers(1, 10**18 - 1), st.integers(0, 10**12 - 1), st.integers(1, 10**9 - 1))
def test_what_is_written_is_read_back(link_id: int, made: int, attempt: int) -> None:
    reference = Reference(link_id, made, attempt)
    assert parse(str(reference)) == reference

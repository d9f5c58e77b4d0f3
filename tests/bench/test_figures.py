"""Percentiles: the smallest value that so many do not exceed."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.figures import percentile, spread

TABLE = [
    ([7.0], 50, 7.0),
    ([1.0, 2.0], 50, 1.0),
    ([1.0, 2.0, 3.0], 50, 2.0),
    (list(range(1, 101)), 99, 99),
    (list(range(1, 101)), 100, 100),
    (list(range(1, 201)), 99, 198),
]


@pytest.mark.parametrize(("ordered", "percent", "expected"), TABLE)
def test_a_percentile_is_one_of_the_values(
    ordered: list[float], percent: float, expected: float
) -> None:
    assert percentile(ordered, percent) == expected


def test_of_nothing_there_is_no_percentile() -> None:
    assert math.isnan(percentile([], 99))


@given(st.lists(st.floats(0, 60), min_size=1))
def test_a_spread_climbs_to_the_longest(seconds: list[float]) -> None:
    found = spread(seconds)

    assert found.p50 <= found.p95 <= found.p99 <= found.longest == 1000 * max(seconds)


def test_a_spread_reads_in_milliseconds() -> None:
    assert str(spread([0.001, 0.002])) == "p50 1.0  p95 2.0  p99 2.0  max 2.0 ms"

"""What counts as passed: every text one reply, and a ratio that is not lost."""

from dataclasses import replace

import pytest

from bench import texts
from bench.load import Sent
from bench.paced import outcome
from bench.report import RATIO_AT_LEAST, Load, Report
from bench.versus import Ratio

ONE, TWO = texts.number(0), texts.number(1)
SENT = [Sent(10.0, 10.010, 200), Sent(11.0, 11.020, 200)]
BOTH = [(ONE, 10.1), (TWO, 11.2)]


def report(sent: list[Sent] = SENT, arrivals: list[tuple[str, float]] = BOTH) -> Report:
    """A report on two texts."""
    paced = outcome(range(2), sent, arrivals, {"web": 0.004})
    servers = {"PostgreSQL": "18.6", "Valkey": "9.1.2"}
    return Report(Load(200, 0.1, False), servers, 0.5, paced, Ratio(400, 10_000), {"decide()": 50})


def test_one_reply_to_each_text_passes() -> None:
    printed = "\n".join(report().lines())

    assert report().passed
    assert "FAILED" not in printed
    assert "p50 10.0  p95 20.0" in printed
    assert "p50 100.0  p95 200.0" in printed
    assert "0.00 s     2000 µs a text" in printed


FAILURES = [
    (SENT, BOTH[:1]),
    (SENT, [*BOTH, (ONE, 12.0)]),
    (SENT, [BOTH[0], BOTH[0]]),
    ([SENT[0], Sent(11.0, 11.0, 503)], BOTH),
    ([SENT[0], Sent(11.0, 26.0, 0)], BOTH),
]


@pytest.mark.parametrize(("sent", "arrivals"), FAILURES)
def test_a_text_without_its_one_reply_fails(
    sent: list[Sent], arrivals: list[tuple[str, float]]
) -> None:
    assert not report(sent, arrivals).passed
    assert any("FAILED" in line for line in report(sent, arrivals).lines())


def test_a_lost_ratio_fails() -> None:
    slow = replace(report(), versus=Ratio(10_000 * RATIO_AT_LEAST - 1, 10_000))

    assert not slow.passed
    assert any("FAILED" in line for line in slow.lines())


def test_a_slow_answer_is_told_and_passes() -> None:
    slow = report([SENT[0], Sent(11.0, 11.3, 200)])

    assert slow.passed
    assert any("does not meet" in line for line in slow.lines())

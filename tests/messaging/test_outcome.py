"""What an error means for a message: a table, and what holds of every back-off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import errors
from bot.messaging.sending.attempts import Claimed
from bot.messaging.sending.outcome import (
    LOOK_UP_AFTER_S,
    MOST_ATTEMPTS,
    backoff,
    outcome,
)
from bot.providers.codes import Whose, refusal


def claimed(attempt: int = 1, last_code: int | None = None, valid_for: int = 3600) -> Claimed:
    return Claimed(
        7, "token", attempt, "+815000000001", "+819000000001", "x", 1, valid_for, 0.0, last_code
    )


TABLE = [
    ("lost answer", errors.Uncertain("reset"), claimed(), "unknown"),
    ("lost answer, the twelfth time", errors.Uncertain("reset"), claimed(12), "unknown"),
    ("not reachable", errors.Unreachable("no route"), claimed(), "queued"),
    ("not reachable, the twelfth time", errors.Unreachable("no route"), claimed(12), "queued"),
    ("not reachable while of use", errors.Unreachable("x"), claimed(9, valid_for=60), "failed"),
    ("too fast, the eleventh time", errors.Throttled("slow down", 20429), claimed(11), "queued"),
    ("too fast", errors.Throttled("slow down", 20429), claimed(), "queued"),
    ("too fast, the twelfth time", errors.Throttled("slow down", 20429), claimed(12), "queued"),
    ("queue full", refusal("twilio", 21611), claimed(), "queued"),
    ("wrong token", refusal("twilio", 20003), claimed(), "queued"),
    ("wrong token, the twelfth time", refusal("twilio", 20003), claimed(12), "failed"),
    ("no such number", refusal("twilio", 21211), claimed(), "failed"),
    ("region", refusal("twilio", 21408), claimed(), "failed"),
    ("unsubscribed", refusal("twilio", 21610), claimed(), "failed"),
    ("unknown code", refusal("twilio", 99999), claimed(), "queued"),
    ("unknown code again", refusal("twilio", 99999), claimed(2, 99999), "failed"),
    ("unknown code after a 429", refusal("twilio", 99999), claimed(5, 20429), "queued"),
    ("no code at all", errors.Unexplained("403"), claimed(), "queued"),
    ("no code at all, again", errors.Unexplained("403"), claimed(2), "failed"),
    ("too late by then", errors.Throttled("wait", 20429, 61.0), claimed(valid_for=60), "failed"),
    ("just in time", errors.Throttled("wait", 20429, 50.0), claimed(valid_for=60), "queued"),
]


@pytest.mark.parametrize(("name", "error", "message", "status"), TABLE, ids=[r[0] for r in TABLE])
def test_an_error_has_one_consequence(
    name: str, error: errors.SendError, message: Claimed, status: str
) -> None:
    result = outcome("twilio", message, error)

    assert result.status == status
    assert result.error_code == error.code
    assert result.opted_out == isinstance(error, errors.OptedOut)
    assert str(error) in (result.reason or "")


WHOSE = [
    (errors.Uncertain("500"), Whose.ACCOUNT, False, 0),
    (errors.Uncertain("500", 21606), Whose.ACCOUNT, False, 0),
    (errors.Unreachable("no route"), Whose.ACCOUNT, False, 0),
    (errors.Throttled("slow down", 429), Whose.ACCOUNT, False, 0),
    (errors.Misconfigured("401"), Whose.ACCOUNT, True, 60),
    (refusal("twilio", 20003), Whose.ACCOUNT, True, 30),
    (refusal("twilio", 21606), Whose.SENDER, True, 60),
    (refusal("twilio", 21611), Whose.SENDER, False, 60),
    (refusal("twilio", 21408), Whose.REGION, True, 600),
    (refusal("twilio", 21602), Whose.SCRIPT, True, 0),
    (refusal("twilio", 21211), Whose.RECIPIENT, False, 0),
    (errors.Refused("no"), Whose.MESSAGE, False, 0),
    (errors.Unexplained("403", 403), Whose.MESSAGE, False, 0),
]


@pytest.mark.parametrize(("error", "whose", "alert", "pause"), WHOSE)
def test_a_failure_is_somebodys_trouble(
    error: errors.SendError, whose: Whose, alert: bool, pause: float
) -> None:
    result = outcome("twilio", claimed(), error)

    assert (result.whose, result.alert, result.pause_s) == (whose, alert, pause)


def test_what_perhaps_left_is_looked_up_soon() -> None:
    assert outcome("twilio", claimed(), errors.Uncertain("reset")).retry_in == LOOK_UP_AFTER_S


@given(st.integers(1, MOST_ATTEMPTS), st.none() | st.floats(0, 10_000))
def test_a_back_off_is_jittered_bounded_and_not_shorter_than_asked(
    attempt: int, wish: float | None
) -> None:
    wait, longest = backoff(attempt, wish), min(2.0**attempt, 300.0)

    assert max(longest / 2, wish or 0.0) <= wait <= max(longest, 1.1 * (wish or 0.0))


def test_half_of_the_wait_is_at_random() -> None:
    waits = sorted(backoff(6) for _ in range(500))

    assert waits[0] < 36
    assert waits[-1] > 60
    assert 44 < sum(waits) / len(waits) < 52


@pytest.mark.parametrize("error", [errors.Throttled("slow", 20429, 60.0), refusal("twilio", 20003)])
def test_not_all_come_back_at_the_moment_that_the_provider_asked_for(
    error: errors.SendError,
) -> None:
    waits = {outcome("twilio", claimed(), error).retry_in for _ in range(50)}

    assert len(waits) > 40
    assert error.retry_after is not None
    assert min(waits) >= error.retry_after


def seconds_survived(error: errors.SendError) -> float:
    """For how long a message of an hour's use is tried while every attempt ends in this error."""
    passed, attempt = 0.0, 1
    while True:
        result = outcome("twilio", claimed(attempt, error.code, int(3600 - passed)), error)
        if result.status != "queued":
            return passed
        passed += result.retry_in
        attempt += not result.uncounted


def test_an_outage_of_half_an_hour_costs_no_message_that_never_reached_the_provider() -> None:
    assert min(seconds_survived(errors.Unreachable("refused")) for _ in range(20)) > 3590


@pytest.mark.parametrize("asked", [None, 45.0])
def test_no_message_is_lost_to_being_too_fast_while_it_is_of_use(asked: float | None) -> None:
    too_fast = errors.Throttled("slow", 20429, asked)

    assert min(seconds_survived(too_fast) for _ in range(500)) > 3600 - 300

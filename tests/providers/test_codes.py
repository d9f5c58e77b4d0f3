"""What is done about each error code: every row of the table, and what no table knows."""

import pytest

from bot import errors
from bot.providers import codes
from bot.providers.codes import Action, Flag, Rule, Whose, look_up, refusal

# Error, action, whose trouble, alert and pause of Twilio's codes.
TWILIO = [
    (14107, errors.Refused, Action.MUTE, Whose.RECIPIENT, "alert"),
    (20003, errors.Misconfigured, Action.WAIT, Whose.ACCOUNT, "alert pause"),
    (20429, errors.Throttled, Action.RETRY, Whose.ACCOUNT, ""),
    (63017, errors.Throttled, Action.RETRY, Whose.ACCOUNT, ""),
    (21211, errors.BadNumber, Action.FAIL, Whose.RECIPIENT, ""),
    (21217, errors.BadNumber, Action.FAIL, Whose.RECIPIENT, ""),
    (21421, errors.BadNumber, Action.FAIL, Whose.RECIPIENT, ""),
    (21614, errors.BadNumber, Action.FAIL, Whose.RECIPIENT, ""),
    (21635, errors.BadNumber, Action.FAIL, Whose.RECIPIENT, ""),
    (30006, errors.BadNumber, Action.FAIL, Whose.RECIPIENT, ""),
    (21610, errors.OptedOut, Action.OPT_OUT, Whose.RECIPIENT, ""),
    (21612, errors.Refused, Action.FAIL, Whose.MESSAGE, ""),
    (21408, errors.Refused, Action.FAIL, Whose.REGION, "alert pause"),
    (30034, errors.Refused, Action.FAIL, Whose.REGION, "alert pause"),
    (21602, errors.Refused, Action.FAIL, Whose.SCRIPT, "alert"),
    (21617, errors.Refused, Action.FAIL, Whose.SCRIPT, "alert"),
    (30007, errors.Refused, Action.FAIL, Whose.SCRIPT, "alert"),
    (21603, errors.Misconfigured, Action.WAIT, Whose.SENDER, "alert pause"),
    (21606, errors.Misconfigured, Action.WAIT, Whose.SENDER, "alert pause"),
    (21703, errors.Misconfigured, Action.WAIT, Whose.SENDER, "alert pause"),
    (21608, errors.Refused, Action.FAIL, Whose.ACCOUNT, "alert"),
    (30032, errors.Refused, Action.FAIL, Whose.SENDER, "alert"),
    (21611, errors.Throttled, Action.WAIT, Whose.SENDER, "pause"),
    (30001, errors.Throttled, Action.WAIT, Whose.SENDER, "pause"),
    (30017, errors.Throttled, Action.RETRY, Whose.SENDER, ""),
    (30022, errors.Throttled, Action.RETRY, Whose.SENDER, ""),
    (63018, errors.Throttled, Action.RETRY, Whose.SENDER, ""),
    (30023, errors.Misconfigured, Action.WAIT, Whose.SENDER, "alert pause"),
    (30027, errors.Misconfigured, Action.WAIT, Whose.SENDER, "alert pause"),
    (63038, errors.Misconfigured, Action.WAIT, Whose.ACCOUNT, "alert pause"),
    (30003, errors.Throttled, Action.WAIT, Whose.RECIPIENT, ""),
    (30004, errors.Refused, Action.FAIL, Whose.RECIPIENT, ""),
    (30005, errors.Throttled, Action.WAIT, Whose.RECIPIENT, ""),
    (30008, errors.Throttled, Action.RETRY, Whose.MESSAGE, ""),
    (30036, errors.Refused, Action.FAIL, Whose.MESSAGE, ""),
    (30410, errors.Refused, Action.FAIL, Whose.MESSAGE, ""),
]


@pytest.mark.parametrize(("code", "error", "do", "whose", "more"), TWILIO)
def test_every_code_says_what_to_do(
    code: int, error: type[errors.SendError], do: Action, whose: Whose, more: str
) -> None:
    rule = look_up("twilio", code)

    assert (rule.do, rule.whose) == (do, whose)
    assert (rule.alert, rule.pause) == ("alert" in more, "pause" in more)
    assert type(refusal("twilio", code)) is error
    assert rule.means in str(refusal("twilio", code))


def test_a_code_that_no_table_knows_is_tried_once_more() -> None:
    assert look_up("twilio", 99999) == Rule(99999, Action.RETRY, look_up("x", 1).means, tries=1)
    assert look_up("twilio", None).tries == 1
    assert type(refusal("twilio", 99999)) is errors.Unexplained
    assert type(refusal("a provider without a table", 1)) is errors.Unexplained


def test_the_wait_of_the_table_gives_way_to_the_providers_own() -> None:
    assert refusal("twilio", 30023).retry_after == 3600
    assert refusal("twilio", 30023, 7.0).retry_after == 7


def test_a_handset_that_is_off_is_tried_for_hours_and_a_dead_number_once() -> None:
    off, dead = look_up("twilio", 30003), look_up("twilio", 30005)

    assert (off.tries, off.wait, off.flag) == (3, 7200, Flag.UNREACHABLE)
    assert (dead.tries, dead.flag) == (1, Flag.UNKNOWN)


@pytest.mark.parametrize(
    "row",
    [
        "1: {do: explode, means: x}",
        "1: {means: x}",
        "1: {do: fail}",
        "1: {do: fail, means: x, alarm: true}",
        "one: {do: fail, means: x}",
    ],
)
def test_a_row_that_cannot_be_read_is_refused(
    row: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "FOLDER", tmp_path)
    (tmp_path / "broken.yaml").write_text(row)  # type: ignore[operator]

    with pytest.raises(ValueError, match="validation error"):
        codes.rules("broken")

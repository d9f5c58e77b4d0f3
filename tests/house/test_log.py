"""Logs say where something failed, never what a person wrote."""

import json

import pytest
import structlog

from bot import log


def test_an_error_is_logged_by_kind_and_place_without_its_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log.configure()
    try:
        int("7391 yen")
    except ValueError:
        structlog.get_logger("tests").exception("flow.failed", inbound=1)
    structlog.reset_defaults()

    line = capsys.readouterr().err
    said = json.loads(line)
    assert "7391" not in line
    assert (said["event"], said["exception"], said["inbound"]) == ("flow.failed", "ValueError", 1)
    assert "test_log.py" in said["where"][-1]

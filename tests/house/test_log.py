"""Logs say where something failed, never what a person wrote."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import structlog

from bot import log


@contextmanager
def configured() -> Iterator[None]:
    before = logging.getLogger().handlers[:]
    log.configure()
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = before


def fails(tell: Callable[[], object]) -> None:
    """Tell of an error whose own words hold an amount."""
    try:
        int("7391 yen")
    except ValueError:
        tell()


def test_an_error_of_a_library_is_logged_in_the_same_way(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with configured():
        fails(lambda: logging.getLogger("somebody's").exception("it failed"))

    line = capsys.readouterr().err
    assert "7391" not in line
    assert json.loads(line)["exception"] == "ValueError"


def test_an_error_is_logged_by_kind_and_place_without_its_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with configured():
        fails(lambda: structlog.get_logger("tests").exception("flow.failed", inbound=1))

    line = capsys.readouterr().err
    said = json.loads(line)
    assert "7391" not in line
    assert (said["event"], said["exception"], said["inbound"]) == ("flow.failed", "ValueError", 1)
    assert "test_log.py" in said["where"][-1]

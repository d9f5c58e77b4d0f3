"""The calm twin hears each text at the moment at which it came, and answers as one would then."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.demo.environment import environment_of
from bot.demo.state import Ports, State
from chaos import twin
from chaos.history import Inbound, Kept
from chaos.people import Person
from tests.cases import HANAKO

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
WRONG = ("残高", "0001", "0002", "0003", "0004", "0005")


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    state = State(tmp_path)
    state.make_folders()
    return environment_of(state, Ports(1, 2), tmp_path / "valkey.sock")


def replay(
    environment: Mapping[str, str], place: Path, *said: tuple[timedelta, str, datetime | None]
) -> list[str]:
    """The keys of the answers to texts, each with how long after noon it came."""
    texts = [Inbound(f"SM{number}", HANAKO, body) for number, (_, body, _) in enumerate(said)]
    kept = [
        Kept(number, f"SM{number}", HANAKO, "answered", False, (NOON + at).timestamp(), written_at)
        for number, (at, _, written_at) in enumerate(said)
    ]
    people = [Person(HANAKO, "1234", 1000)]
    answers, _ = twin.replay(environment, people, texts, kept, place)
    return [" ".join(key for key, _ in answers[one.sid].replies) for one in kept]


@pytest.mark.parametrize("apart", [timedelta(seconds=1), timedelta(hours=7)])
def test_a_number_is_locked_for_as_long_as_it_would_be(
    environment: Mapping[str, str], tmp_path: Path, apart: timedelta
) -> None:
    *locked, then = [(apart * number, body, None) for number, body in enumerate((*WRONG, "残高"))]
    later = (apart * len(locked) + timedelta(hours=25), "残高", None)

    answers = replay(environment, tmp_path, *locked, then, later)

    expected = {
        timedelta(seconds=1): ["balance.locked", "balance.ask_digits"],
        timedelta(hours=7): ["balance.ask_digits", "balance.ask_digits"],
    }
    assert answers[-2:] == expected[apart]


def test_what_only_the_list_told_of_is_heard_as_late(
    environment: Mapping[str, str], tmp_path: Path
) -> None:
    soon, late = timedelta(seconds=10), timedelta(seconds=70)
    answers = replay(
        environment,
        tmp_path,
        (soon, "残高", None),
        (late, "ヘルプ", NOON),
        (late, "ヘルプ", NOON + soon * 2),
    )

    assert answers == ["balance.ask_digits", "", "common.help"]

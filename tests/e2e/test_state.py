"""What a demo keeps: secrets for its owner only, ports that stay, and one demo at a time."""

import socket
import stat
from pathlib import Path

import pytest

from bench.processes import free_port
from bot.billing.verification import MOST_TRIES
from bot.demo.environment import CUSTOMERS, environment_of
from bot.demo.state import Ports, State
from bot.errors import HenjiError
from bot.settings import load
from handset import people


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path)


def test_a_secret_is_made_once_and_for_its_owner_only(state: State) -> None:
    first = state.secret("secret_key")

    assert state.secret("secret_key") == first
    assert len(first) > 30
    assert stat.S_IMODE((state.folder / "secret_key").stat().st_mode) == 0o600


def test_ports_stay_the_same_while_they_are_free(state: State) -> None:
    chosen = state.ports(free_port())

    assert state.ports(None) == chosen


def test_a_taken_port_is_stepped_over(state: State) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert state.ports(port).phone > port


def test_the_phone_and_the_bot_never_share_a_port(state: State) -> None:
    bot = state.ports(free_port()).bot

    moved = state.ports(bot)

    assert moved.phone == bot
    assert moved.bot > bot


@pytest.mark.parametrize("written", ["", "{", "[]", '{"phone": 1}x', '{"other": 1}'])
def test_a_broken_file_of_ports_is_no_obstacle(state: State, written: str) -> None:
    (state.folder / "demo_ports.json").write_text(written)

    assert isinstance(state.ports(None), Ports)


def test_where_no_port_is_free_it_says_so(state: State) -> None:
    with socket.create_server(("127.0.0.1", 65535)), pytest.raises(HenjiError, match="--port"):
        state.ports(65535)


def test_a_second_demo_in_a_folder_is_told_where_the_first_one_is(state: State) -> None:
    port = state.ports(free_port()).phone

    with state.locked(), pytest.raises(HenjiError, match=f":{port}/"), state.locked():
        pass


def test_a_reset_forgets_what_a_demo_wrote_and_nothing_else(state: State) -> None:
    state.make_folders()
    state.secret("secret_key")
    state.database.touch()
    (state.folder / "notes.txt").touch()

    state.clear()

    assert [path.name for path in state.folder.iterdir()] == ["notes.txt"]


def test_who_locks_one_person_of_a_demo_can_still_be_another(state: State) -> None:
    state.make_folders()
    settings = load(environment=environment_of(state, Ports(1, 2), state.folder / "valkey.sock"))

    assert MOST_TRIES * len(people.load(CUSTOMERS)) < settings.HENJI_WRONG_ANSWERS

"""`henji demo`: up with everything, down with everything, and the same again the next day."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.processes import free_port
from tests.e2e.demo import Demo, gone
from tests.e2e.waiting import until

HANAKO = "+819000000001"
Start = Callable[..., Demo]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a demo in this test's folder."""
    demos: list[Demo] = []

    def start(*options: str, **environment: str) -> Demo:
        demos.append(Demo(tmp_path / "var", *options, **environment))
        return demos[-1]

    yield start
    for demo in demos:
        demo.kill()


@pytest.fixture
def port() -> str:
    """A port that nobody listens on."""
    return str(free_port())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_leaves_no_process(
    start: Start, port: str, number: signal.Signals
) -> None:
    demo = start("--port", port)
    demo.address()
    family = demo.family()

    assert demo.ends(number) == 0

    assert len(family) > 5
    assert gone(family)
    assert "Traceback" not in demo.said()


def test_a_signal_while_it_starts_ends_it_as_well(start: Start, port: str) -> None:
    demo = start("--port", port)
    family = until(demo.family)

    assert demo.ends(signal.SIGINT) == 0

    assert gone(family)
    assert demo.said() == ""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a death")
def test_killed_itself_it_leaves_no_process(start: Start, port: str) -> None:
    demo = start("--port", port)
    demo.address()
    family = demo.family()

    demo.ends(signal.SIGKILL)

    until(lambda: gone(family))


@pytest.mark.parametrize("part", ["worker", "granian", "valkey"])
def test_a_part_that_dies_takes_the_rest_along(start: Start, port: str, part: str) -> None:
    demo = start("--port", port)
    demo.address()
    family = demo.family()

    os.kill(next(each.pid for each in family if part in each.command), signal.SIGKILL)

    assert demo.ends() == 1
    assert gone(family)
    name = {"granian": "web"}.get(part, part)
    assert f"henji: {name} ended by itself (exit status -9)" in demo.said().splitlines()[-1]


def test_a_part_that_cannot_start_says_why(start: Start, port: str) -> None:
    demo = start("--port", port, HENJI_FLOW_MODULES="no.such.module")

    assert demo.ends() == 1
    assert "HENJI_FLOW_MODULES is wrong: no.such.module" in demo.said()
    assert demo.family() == []


def test_what_it_kept_survives_a_restart_until_a_reset(start: Start, port: str) -> None:
    demo = start("--port", port)
    first = demo.address()
    demo.handset().phone(HANAKO).asks("残高")
    demo.ends(signal.SIGINT)

    demo = start()
    assert demo.address() == first
    assert "12,800円" in demo.handset().phone(HANAKO).asks("1234")[0]
    demo.ends(signal.SIGINT)

    demo = start("--reset", "--port", port)
    assert demo.handset().messages(HANAKO) == []


def test_a_taken_port_is_stepped_over_and_a_second_start_refused(start: Start, port: str) -> None:
    with socket.create_server(("127.0.0.1", int(port))):
        demo = start("--port", port)
        address = demo.address()
        assert not address.endswith(f":{port}")

        second = start()

        assert second.ends() == 1
        assert second.said() == f"henji: The demo is running already: {address}/\n"
        assert demo.handset().phone(HANAKO).asks("ヘルプ")

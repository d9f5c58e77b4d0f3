"""`python -m handset`: it starts, says where it is, tells nothing about people, and stops."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from handset.settings import Settings
from tests.handset.conftest import Http
from tests.handset.recording_bot import RecordingBot

ROOT = Path(__file__).parents[2]
HANAKO = "+819000000001"


def environment(settings: Settings) -> dict[str, str]:
    return os.environ | {
        "HANDSET_DATABASE": str(settings.database),
        "HANDSET_PEOPLE": str(settings.people),
        "HANDSET_WEBHOOK_URL": settings.webhook_url,
        "HANDSET_NUMBER": settings.number,
        "HANDSET_BRAND": settings.brand,
        "HANDSET_PORT": "0",
        "HANDSET_GATEWAY_SECRET": settings.gateway_secret,
        "TWILIO_ACCOUNT_SID": settings.account_sid,
        "TWILIO_AUTH_TOKEN": settings.auth_token,
    }


@contextmanager
def started(variables: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "handset"]
    process = subprocess.Popen(
        command,
        env=variables,
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    with process:
        yield process
        process.kill()


def address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    line = process.stdout.readline()
    assert line.startswith("Handset: http://127.0.0.1:"), line
    return line.removeprefix("Handset: ").strip().rstrip("/")


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_at_once_and_cleanly_when_asked(settings: Settings, stop: signal.Signals) -> None:
    with started(environment(settings)) as process, Http(address(process)) as http:
        stream = http.get("/events", stream=True)
        process.send_signal(stop)
        assert process.wait(timeout=5) == 0
        stream.close()


def test_it_writes_no_number_and_no_text_to_its_output(
    settings: Settings, bot: RecordingBot
) -> None:
    bot.answers.append(500)
    with started(environment(settings)) as process:
        with Http(address(process)) as http:
            http.post("/phone/texts", json={"from": HANAKO, "body": "ひみつ"})
            http.get("/phone/messages", params={"number": HANAKO})
            http.get("/nowhere", params={"number": HANAKO})
            bot.wait_for(2)
        process.terminate()
        rest, _ = process.communicate(timeout=5)
    assert rest == ""


@pytest.mark.parametrize(
    ("name", "value"), [("HANDSET_NUMBER", "Henji"), ("HANDSET_PEOPLE", "none"), ("PORT", "")]
)
def test_a_wrong_start_is_one_line(settings: Settings, name: str, value: str) -> None:
    with started(environment(settings)) as first:
        taken = address(first).rpartition(":")[2]
        change = {name: value} if value else {"HANDSET_PORT": taken}
        with started(environment(settings) | change) as process:
            output, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert output.startswith(f"handset: {next(iter(change))}")
    assert output.count("\n") == 1

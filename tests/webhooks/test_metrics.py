"""What a monitoring system reads: counts, in a format it knows, and nothing about anybody."""

import re

from bot.providers.codes import refusal
from tests.people import Texting

HANAKO = "+819000000001"
LINE = re.compile(r'^(henji_\w+)(?:\{(\w+)="([^"]*)"\})? (\d+(?:\.\d+)?)$')


def figures(texting: Texting) -> dict[tuple[str, str | None], float]:
    answer = texting.client.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    read = [LINE.fullmatch(line) for line in lines]
    assert all(read), lines
    return {(found[1], found[3]): float(found[4]) for found in read if found}


def test_what_waits_and_what_was_sent_is_counted(texting: Texting) -> None:
    assert figures(texting)["henji_waiting", "unsent"] == 0

    texting.says(HANAKO, "残高")
    told = figures(texting)

    assert told["henji_inbound_messages", "answered"] == 1
    assert told["henji_outbound_messages", "sent"] == len(texting.runtime.provider.bodies(HANAKO))  # type: ignore[attr-defined]
    assert told["henji_resent_messages", None] == 0
    assert told["henji_waiting_seconds", "unsent"] == 0


def test_a_refused_message_is_counted_by_its_code(texting: Texting) -> None:
    texting.runtime.provider.faults.append(refusal("twilio", 21211))  # type: ignore[attr-defined]
    texting.says(HANAKO, "残高")

    assert figures(texting)["henji_failed_messages", "21211"] == 1


def test_nobody_is_told_of(texting: Texting) -> None:
    texting.says(HANAKO, "山田です、残高を教えて")

    shown = texting.client.get("/metrics").text

    assert "9000000001" not in shown
    assert "山田" not in shown

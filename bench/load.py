"""Two ways to send texts: at a fixed rate whatever happens, or as fast as answers come."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.http import Answer, Lines


@dataclass(frozen=True)
class Sent:
    """One request of a paced load: when it was due and when its answer came (monotonic seconds).

    Counted from when it was due: a client that is held up must not flatter the service.
    """

    due: float
    answered: float
    status: int


async def at_rate(port: int, requests: Sequence[bytes], rate: float) -> list[Sent]:
    """Send every request at its time, `rate` a second, however slowly answers come."""
    lines = Lines(port)
    start = time.monotonic() + 0.1
    tasks = []
    for position, request in enumerate(requests):
        due = start + position / rate
        await asyncio.sleep(due - time.monotonic())
        tasks.append(asyncio.create_task(_send(lines, request, due)))
    sent = await asyncio.gather(*tasks)
    lines.close()
    return sent


async def _send(lines: Lines, request: bytes, due: float) -> Sent:
    answer = await lines.ask(request)
    return Sent(due, time.monotonic(), answer.status)


async def at_most(port: int, requests: Iterator[bytes], connections: int, seconds: float) -> float:
    """Send as fast as answers come on so many connections; requests answered a second.

    Raises AssertionError for an answer that is neither 200 nor 201: a service that refuses is fast.
    """
    lines = Lines(port)
    until = time.monotonic() + seconds
    counts = await asyncio.gather(*(_repeat(lines, requests, until) for _ in range(connections)))
    lines.close()
    return sum(counts) / seconds


async def _repeat(lines: Lines, requests: Iterator[bytes], until: float) -> int:
    count = 0
    while time.monotonic() < until:
        answer = await lines.ask(next(requests))
        assert answer.status in {200, 201}, f"answered {answer.status}"
        count += 1
    return count


def ask(port: int, request: bytes) -> Answer:
    """Send a single request."""
    return asyncio.run(_ask(port, request))


async def _ask(port: int, request: bytes) -> Answer:
    lines = Lines(port)
    answer = await lines.ask(request)
    lines.close()
    return answer

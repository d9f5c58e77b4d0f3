"""The paced run: new conversations at a fixed rate, and what became of every one of them."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench import load, texts
from bench.figures import Spread, spread
from bench.http import get
from bench.processes import cpu_seconds, cpu_seconds_of_machine, wait_for
from bench.site import Site

ARRIVES_WITHIN_S = 30
# A second reply to the same text would come at the clock's next sweep, if at all.
SECOND_REPLY_WITHIN_S = 2


@dataclass(frozen=True)
class Outcome:
    """What a paced run showed; `cpu` is in seconds by kind of process."""

    sent: int
    accepted: int
    answered_once: int
    answered_again: int
    webhook: Spread
    round_trip: Spread
    cpu: Mapping[str, float]

    @property
    def all_answered(self) -> bool:
        """Whether each text got its 200 and exactly one reply."""
        return self.sent == self.accepted == self.answered_once and not self.answered_again


def run(site: Site, indices: Sequence[int], rate: float, pids: Mapping[str, int]) -> Outcome:
    """Send one text from each number of these indices and follow it to the carrier."""
    requests = [texts.text(site.public_url, index) for index in indices]
    before = _cpu(pids)
    known = _count(site)
    sent = asyncio.run(load.at_rate(site.port, requests, rate))
    _wait_for_replies(site, known + len(requests))
    cpu = {kind: used - before[kind] for kind, used in _cpu(pids).items()}
    return outcome(indices, sent, _arrivals(site), cpu)


def _cpu(pids: Mapping[str, int]) -> dict[str, float]:
    used = {kind: cpu_seconds(pid) for kind, pid in pids.items()}
    used["load client"] = time.process_time()
    # What does not belong to the benchmark explains a slow run.
    return {**used, "everything else": cpu_seconds_of_machine() - sum(used.values())}


def _wait_for_replies(site: Site, expected: int) -> None:
    try:
        wait_for(lambda: _count(site) >= expected, "all replies", ARRIVES_WITHIN_S)
    except TimeoutError:
        return  # the outcome tells which are missing
    time.sleep(SECOND_REPLY_WITHIN_S)


def _count(site: Site) -> int:
    return int(load.ask(site.carrier_port, get("/count")).body)


def _arrivals(site: Site) -> list[tuple[str, float]]:
    arrivals: list[tuple[str, float]] = json.loads(
        load.ask(site.carrier_port, get("/arrivals")).body
    )
    return arrivals


def outcome(
    indices: Sequence[int],
    sent: Sequence[load.Sent],
    arrivals: Sequence[tuple[str, float]],
    cpu: Mapping[str, float],
) -> Outcome:
    """What the answers to the client and the arrivals at the carrier, in order, amount to."""
    replies = Counter(recipient for recipient, _ in arrivals)
    arrived = dict(reversed(arrivals))  # the first arrival of each
    numbers = [texts.number(index) for index in indices]
    round_trips = [
        arrived[number] - one.due
        for number, one in zip(numbers, sent, strict=True)
        if number in arrived
    ]
    return Outcome(
        sent=len(sent),
        accepted=sum(one.status == 200 for one in sent),
        answered_once=sum(replies[number] == 1 for number in numbers),
        answered_again=sum(replies[number] > 1 for number in numbers),
        webhook=spread([one.answered - one.due for one in sent]),
        round_trip=spread(round_trips),
        cpu=cpu,
    )

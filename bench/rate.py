"""`python -m bench.rate`: how fast one worker sends, and whether it keeps its sender's pace.

The real worker process sends over HTTP to a carrier that answers after 100 ms. What so many
requests at once can do at most is their number through that latency; a bare client without a
database shows beside it what this machine allows. The hour is simulated: the worker's own claims
and marks, on a clock that is moved on.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat

from bench import hour, load, queue, texts
from bench.http import get, post
from bench.processes import cpu_seconds, cpu_seconds_of_machine, wait_for
from bench.servers import folder, postgresql, valkey
from bench.site import Site
from bot.app import build_runtime, register_sender
from bot.messaging import doorbell
from bot.runtime import Runtime
from bot.settings import load as load_settings

AT_ONCE = (8, 32, 128)
# Below this, next to the bare client in the same run, something became twice as slow.
RATIO_AT_LEAST = 0.5
SUSTAINED = 0.95
# Where less of the cores was idle, a rate tells about the other programs.
TOO_BUSY = 0.05
PACE = 6
PEOPLE = 40
# Before the first message and after the last there is room to spare.
ENDS_WITHIN_S = 60


@dataclass(frozen=True)
class Came:
    """What the carrier got: when, in order, and how many requests were open at once."""

    at: Sequence[float]
    texts: Sequence[tuple[str, str]]
    most_open: int

    @property
    def once(self) -> bool:
        """Whether every message came once."""
        return len(set(self.texts)) == len(self.texts)

    @property
    def in_order(self) -> bool:
        """Whether everybody got their messages in the order in which they were queued."""
        each: dict[str, list[int]] = defaultdict(list)
        for number, body in self.texts:
            each[number].append(int(body))
        return all(turns == sorted(turns) for turns in each.values())

    def rate(self, at_once: int = 0) -> float:
        """Messages a second; the first so many came at once, before any time had passed."""
        return (len(self.at) - max(at_once, 1)) / (self.at[-1] - self.at[0])


@dataclass(frozen=True)
class Sustained:
    """One run at so many requests at once; rates in messages a second."""

    at_once: int
    latency: float
    came: Came
    expected: int
    bare: float
    cpu: float
    others: float
    idle: float

    @property
    def ratio(self) -> float:
        """Of what so many requests at once can do at the most."""
        return self.came.rate(self.at_once) * self.latency / self.at_once

    @property
    def bare_ratio(self) -> float:
        """The same of the bare client."""
        return self.bare * self.latency / self.at_once

    @property
    def whole(self) -> bool:
        """Whether every message came, and once."""
        return self.came.once and len(self.came.texts) == self.expected

    @property
    def passed(self) -> bool:
        """Whether all came, and about as fast as the machine allowed, which had time to spare."""
        fast = self.ratio >= RATIO_AT_LEAST * self.bare_ratio
        return self.whole and (fast or self.idle < TOO_BUSY)

    @property
    def verdict(self) -> str:
        """The same in a word."""
        if not self.passed:
            return "FAILED"
        return "meets" if self.ratio >= SUSTAINED else "ok" if self.idle >= TOO_BUSY else "too busy"


def main() -> None:
    """Run from the command line."""
    given = _arguments()
    # The servers are ended with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    print(f"load average before: {os.getloadavg()[0]:.2f}, {os.cpu_count()} cores")
    with folder() as place, postgresql(place) as database, valkey(place) as redis:
        site = Site.at(place, database.url, redis.url)
        runtime = build_runtime(load_settings(environment=site.environment))
        register_sender(runtime)
        passed = [_sustain(site, runtime, given, one) for one in given.at_once]
        passed += [_keep_pace(site, runtime, given.minute)] if given.minute else []
        passed += [_hour(runtime, given.hour)] if given.hour else []
        runtime.engine.dispose()
    sys.exit(0 if all(passed) else 1)


def _sustain(site: Site, runtime: Runtime, given: argparse.Namespace, at_once: int) -> bool:
    run = sustained(site, runtime, at_once, given.latency, given.seconds)
    print(
        f"{at_once:4} at once: {run.came.rate(at_once):7.1f}/s of {at_once / given.latency:.0f}/s,"
        f" {run.ratio:.3f} (bare client {run.bare_ratio:.3f}); at most {run.came.most_open} open;"
        f" CPU of the worker {1e6 * run.cpu / run.expected:.0f} µs each;"
        f" everything else took {run.others:.2f} cores, idle {run.idle:.0%}   {run.verdict}"
    )
    return run.passed


def sustained(
    site: Site, runtime: Runtime, at_once: int, latency: float, seconds: float
) -> Sustained:
    """Let one worker send for so many seconds, each message to somebody else."""
    expected = int(at_once * seconds / latency)
    with site.carrier(latency, callbacks=False):
        bare = asyncio.run(load.at_most(site.carrier_port, _creates(), at_once, seconds / 2))
    queue.fill(runtime, expected)
    bounded = replace(site, more={"HENJI_IN_FLIGHT": str(at_once)})
    with site.carrier(latency, callbacks=False), bounded.worker() as worker:
        before, began = (cpu_seconds(worker), cpu_seconds_of_machine()), time.monotonic()
        came = _send(site, runtime, expected)
        took = time.monotonic() - began
        cpu, all_of_it = cpu_seconds(worker) - before[0], cpu_seconds_of_machine() - before[1]
    idle = max(0.0, 1 - all_of_it / took / (os.cpu_count() or 1))
    others = (all_of_it - cpu) / took
    return Sustained(at_once, latency, came, expected, bare, cpu, others, idle)


def _send(site: Site, runtime: Runtime, expected: int) -> Came:
    doorbell.ring(runtime)
    wait_for(lambda: count(site) >= expected, "all messages", ENDS_WITHIN_S + expected)
    return came(site)


def count(site: Site) -> int:
    """How many messages the carrier got."""
    return int(load.ask(site.carrier_port, get("/count")).body)


def came(site: Site) -> Came:
    """What the carrier got so far."""
    arrivals = json.loads(load.ask(site.carrier_port, get("/arrivals")).body)
    told: Mapping[str, object] = json.loads(load.ask(site.carrier_port, get("/texts")).body)
    said = [tuple(one) for one in told["texts"]]  # type: ignore[attr-defined]
    return Came([at for _, at in arrivals], said, int(str(told["most"])))


def _creates() -> Iterator[bytes]:
    path = f"/2010-04-01/Accounts/{texts.ACCOUNT}/Messages.json"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return repeat(post(path, b"To=%2B819000000000&Body=0", form))


def _keep_pace(site: Site, runtime: Runtime, seconds: float) -> bool:
    """One real minute at six messages a second."""
    expected = int(PACE * seconds)
    queue.fill(runtime, PEOPLE, -(-expected // PEOPLE) + 1)
    paced = replace(site, more={"HENJI_SENDER_MPS": str(PACE)})
    with site.carrier(0.1, callbacks=False), paced.worker():
        got = _send(site, runtime, expected)
    at = [one for one in got.at if one - got.at[0] <= seconds]
    most = max(sum(begin <= one < begin + 1 for one in at) for begin in at)
    good = got.once and got.in_order and SUSTAINED <= len(at) / expected <= 1 + 2 / expected
    print(
        f"HENJI_SENDER_MPS={PACE}: {len(at)} in {seconds:.0f} s, {len(at) / seconds:.2f}/s, at most"
        f" {most} within a second, in order: {got.in_order}   {'ok' if good else 'FAILED'}"
    )
    return good


def _hour(runtime: Runtime, messages: int) -> bool:
    paced = runtime.settings.model_copy(update={"HENJI_SENDER_MPS": float(PACE)})
    sent = hour.run(replace(runtime, settings=paced), messages)
    most, good = sent.most_within(1.0), sent.once and sent.in_order and sent.seconds <= 3600
    print(
        f"simulated, at {PACE}/s: {len(sent.messages)} in {sent.seconds:.0f} s, at most {most}"
        f" within a second, in order: {sent.in_order}   {'ok' if good else 'FAILED'}"
    )
    return good


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.rate", description=__doc__)
    parser.add_argument("--at-once", type=int, nargs="*", default=AT_ONCE, metavar="REQUESTS")
    parser.add_argument("--latency", type=float, default=0.1, help="of a REST call, in seconds")
    parser.add_argument("--seconds", type=float, default=10, help="of each run (0.95 is asked)")
    parser.add_argument("--minute", type=float, default=60, help="seconds at 6/s; 0: not")
    parser.add_argument("--hour", type=int, default=20_000, help="messages, simulated; 0: not")
    return parser.parse_args()


if __name__ == "__main__":
    main()

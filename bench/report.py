"""What the benchmark prints, and whether it passed."""

import os
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench.paced import Outcome
from bench.versus import Ratio

# What is asked of the webhook. An absolute time depends on the machine: shown, not asserted.
P99_BELOW_MS = 250
# Measured: 0.035 to 0.045 (docs/performance.md); below this something became twice as slow.
RATIO_AT_LEAST = 0.02
WIDTH = 34


@dataclass(frozen=True)
class Load:
    """What was asked of Henji: texts a second, the seconds a REST call takes, callbacks or not."""

    rate: float
    latency: float
    callbacks: bool


@dataclass(frozen=True)
class Report:
    """Everything that one run measured; `micro` in microseconds, `servers` are versions."""

    load: Load
    servers: Mapping[str, str]
    load_average: float
    paced: Outcome
    versus: Ratio
    micro: Mapping[str, float]

    @property
    def passed(self) -> bool:
        """Whether every text was answered exactly once and the ratio is what it should be."""
        return self.paced.all_answered and self.versus.ratio >= RATIO_AT_LEAST

    def lines(self) -> Iterator[str]:
        """The table."""
        paced = self.paced
        yield _line("machine", self._machine())
        yield _line("load average before", f"{self.load_average:.2f}")
        yield _line("texts of new conversations", f"{paced.sent}, {self.load.rate:g} a second")
        yield _line("a REST call takes", self._carrier())
        yield _line("webhooks answered 200", f"{paced.accepted}")
        yield _line("replies: once, more than once", self._replies())
        yield _line("webhook", str(paced.webhook))
        yield _line(f"  p99 under {P99_BELOW_MS} ms", self._meets())
        yield _line("webhook sent -> REST call arrives", str(paced.round_trip))
        for kind, seconds in paced.cpu.items():
            each = f"{1e6 * seconds / paced.sent:8.0f} µs a text"
            yield _line(f"CPU {kind}", f"{seconds:6.2f} s {each}")
        yield from self._comparison()
        for step, microseconds in self.micro.items():
            yield _line(step, f"{microseconds:8.1f} µs")

    def _machine(self) -> str:
        servers = ", ".join(f"{name} {version}" for name, version in self.servers.items())
        return f"{os.cpu_count()} cores, Python {platform.python_version()}, {servers}"

    def _carrier(self) -> str:
        callbacks = "two callbacks follow" if self.load.callbacks else "no callbacks"
        return f"{1000 * self.load.latency:.0f} ms, {callbacks}"

    def _replies(self) -> str:
        verdict = "ok" if self.paced.all_answered else "FAILED: each needs exactly one"
        return f"{self.paced.answered_once}, {self.paced.answered_again}   {verdict}"

    def _meets(self) -> str:
        return "meets" if self.paced.webhook.p99 < P99_BELOW_MS else "does not meet"

    def _comparison(self) -> Iterator[str]:
        versus = self.versus
        good = versus.ratio >= RATIO_AT_LEAST
        verdict = "ok" if good else f"FAILED: at least {RATIO_AT_LEAST}"
        yield _line("most texts a second, Henji", f"{versus.henji:.0f}")
        yield _line("most texts a second, bare Flask", f"{versus.bare:.0f}")
        yield _line("  Henji / bare Flask", f"{versus.ratio:.3f}   {verdict}")


def _line(name: str, value: str) -> str:
    return f"{name:<{WIDTH}} {value}"

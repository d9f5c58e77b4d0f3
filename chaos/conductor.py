"""Lets the faults of a plan happen at their times, and starts again what ended by itself."""

import heapq
import math
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from chaos import faults
from chaos.history import Window
from chaos.plan import Act
from chaos.stage import NotPossible, Stage, Story

TICK_S = 0.05
# A supervisor waits a moment before it starts a program anew.
RESTARTS_AFTER_S = 0.5
# A program that is younger than this needs the database to start, and may end without it; on a
# busy machine it takes as many times longer as it took at first.
STARTS_WITHIN_S = 15.0
TIMES_LONGER = 3.0
NEEDED_TO_START = "database"


class Conductor:
    """One run's faults; `windows` tells when each lasted, `not_run` why some could not be."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._active: dict[int, Window] = {}
        self._ended: dict[str, float] = {}
        self._starts_within = max(STARTS_WITHIN_S, TIMES_LONGER * stage.started_within)
        self.windows: list[Window] = []
        self.not_run: Counter[str] = Counter()
        self.restarts: Counter[str] = Counter()

    def run(self, acts: Sequence[Act]) -> None:
        """Bring about all faults from now on, until the last has ended."""
        now = time.monotonic()
        turns = [
            (now + act.at, number, self._story(number, act)) for number, act in enumerate(acts)
        ]
        heapq.heapify(turns)
        while turns:
            self.watch()
            at, number, story = turns[0]
            if (early := at - time.monotonic()) > 0:
                time.sleep(min(TICK_S, early))
                continue
            heapq.heappop(turns)
            if (wait := self._go_on(number, story)) is not None:
                heapq.heappush(turns, (time.monotonic() + wait, number, story))

    def _story(self, number: int, act: Act) -> Story:
        """A fault's own story, framed by the notes on when it began and ended."""
        self._active[number] = Window(act.fault, time.time(), math.inf)
        yield from faults.story(self._stage, act.fault, act.lasts)
        window = self._active.pop(number)
        self.windows.append(replace(window, ended=time.time()))

    def _go_on(self, number: int, story: Story) -> float | None:
        """Let a story go on; the seconds to its next turn, None where it is over."""
        try:
            return next(story, None)
        except NotPossible as error:
            window = self._active.pop(number)
            self.not_run[f"{window.fault}: {error}"] += 1
            return None

    def watch(self) -> None:
        """Note what ended by itself, which only a start without the database may, and start it."""
        now = time.time()
        stage = self._stage
        for name, last_words in stage.site.ended(stage.broken):
            self.restarts[name] += 1
            self._ended[name] = now
            if not self._may_end(stage.site.started(name)):
                last = last_words.splitlines()[-1:] or ["(it said nothing)"]
                stage.wrong.append(f"{name} ended by itself: {last[0]}")
        for name in [name for name, at in self._ended.items() if at + RESTARTS_AFTER_S < now]:
            del self._ended[name]
            stage.site.start(name)

    def _may_end(self, started: float) -> bool:
        young = time.time() - started < self._starts_within
        windows = [*self._active.values(), *self.windows]
        return young and any(
            NEEDED_TO_START in one.fault and one.ended + self._starts_within > started
            for one in windows
        )

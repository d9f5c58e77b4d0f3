"""Messages on their way to the provider: many at once, and what came of those that landed."""

import asyncio
import math
from collections.abc import Iterable
from queue import Empty, SimpleQueue

from bot.messaging.sending.attempts import Claimed, Result
from bot.messaging.sending.post import attempt
from bot.providers import Provider
from bot.providers.wire import Wire

# Half as many more are claimed beforehand: a request that ends makes room for one without a
# transaction.
AHEAD = 0.5


class Flight:
    """Attempts under way on the wire, so many at once; one thread launches them and picks up what
    landed."""

    def __init__(self, provider: Provider, wire: Wire, at_once: int) -> None:
        self._provider = provider
        self._wire = wire
        self.capacity = at_once + math.ceil(at_once * AHEAD)
        self._slots = asyncio.Semaphore(at_once)
        self._landed: SimpleQueue[Result] = SimpleQueue()
        self.under_way = 0

    @property
    def room(self) -> int:
        """How many messages may be claimed for it."""
        return self.capacity - self.under_way

    def launch(self, messages: Iterable[Claimed]) -> None:
        """Begin an attempt for each."""
        attempts = [self._attempt(message) for message in messages]
        self.under_way += len(attempts)
        if attempts:
            self._wire.run(attempts)

    def landed(self, seconds: float) -> list[Result]:
        """What came of attempts since the last look, waiting so long for a first one."""
        results = []
        try:
            results.append(self._landed.get(timeout=seconds))
            while True:
                results.append(self._landed.get_nowait())
        except Empty:
            self.under_way -= len(results)
            return results

    async def _attempt(self, message: Claimed) -> None:
        async with self._slots:
            result = await attempt(self._provider, self._wire.post, message)
        self._landed.put(result)

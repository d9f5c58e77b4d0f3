"""Messages on their way to the provider: many at once, and what came of those that landed."""

from collections.abc import Iterable
from queue import Empty, SimpleQueue

from bot.messaging.sending.claim import Claimed, Result
from bot.messaging.sending.post import attempt
from bot.providers import Provider
from bot.providers.wire import Wire


class Flight:
    """Attempts under way on the wire; one thread launches them and picks up what landed."""

    def __init__(self, provider: Provider, wire: Wire) -> None:
        self._provider = provider
        self._wire = wire
        self._landed: SimpleQueue[Result] = SimpleQueue()
        self.under_way = 0

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
        self._landed.put(await attempt(self._provider, self._wire.post, message))

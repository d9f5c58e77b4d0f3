"""Group commit: what waits at the same time shares one transaction.

No thread of its own: the first request that finds nobody at work leads, for all that wait.
"""

import threading
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# More share a commit no cheaper, and hold their locks longer.
MOST = 64


class _Ticket(Generic[Item, Result]):
    """One item that waits for its result, or for its turn to lead."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.turn = threading.Event()
        self.results: list[Result] = []
        self.error: BaseException | None = None

    @property
    def is_done(self) -> bool:
        return bool(self.results) or self.error is not None


class Group(Generic[Item, Result]):
    """Does work on many items at once that many threads bring one by one.

    `work` returns a result for each item, in order; what it raises is raised to all of them. Items
    of the same `key` never share a batch, and keep their order.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Sequence[Result]],
        key: Callable[[Item], Hashable],
        most: int = MOST,
    ) -> None:
        self._work, self._key, self._most = work, key, most
        self._lock = threading.Lock()
        self._waiting: deque[_Ticket[Item, Result]] = deque()
        self._led = False

    def do(self, item: Item) -> Result:
        """Bring one item and wait for its result."""
        ticket: _Ticket[Item, Result] = _Ticket(item)
        with self._lock:
            self._waiting.append(ticket)
            leads, self._led = not self._led, True
        if not leads:
            ticket.turn.wait()
        if not ticket.is_done:
            self._lead()
        if ticket.error is not None:
            raise ticket.error
        return ticket.results[0]

    def _lead(self) -> None:
        """Work on what waits, this thread's own item first; then somebody else leads."""
        batch = self._take()
        try:
            results = self._work([ticket.item for ticket in batch])
            for ticket, result in zip(batch, results, strict=True):
                ticket.results.append(result)
        except BaseException as error:
            for ticket in batch:
                ticket.error = error
        self._hand_over()
        for ticket in batch:
            ticket.turn.set()

    def _take(self) -> list[_Ticket[Item, Result]]:
        batch: dict[Hashable, _Ticket[Item, Result]] = {}
        later: deque[_Ticket[Item, Result]] = deque()
        with self._lock:
            for ticket in self._waiting:
                key = self._key(ticket.item)
                if len(batch) < self._most and key not in batch:
                    batch[key] = ticket
                else:
                    later.append(ticket)
            self._waiting = later
        return list(batch.values())

    def _hand_over(self) -> None:
        with self._lock:
            self._led = bool(self._waiting)
            if self._led:
                self._waiting[0].turn.set()

"""The threads that do the errands: one keeps the list, a fixed number of others post to the bot."""

import queue
import threading
import time
from collections import deque

from handset import delivery, errands, posting
from handset.errands import Errand
from handset.posting import Answer, Post
from handset.runtime import Runtime

_CARRIERS = 32
_CLAIMED_AT_ONCE = 64
_STOP_WITHIN = 1.0
# Seconds between two rounds of a busy keeper, so that many errands share one transaction.
_ROUND = 0.01


class Courier:
    """Does errands from `start` to `stop`; what is not done by then waits for the next start.

    The carriers never touch the store: under load the keeper settles many answers and hands out
    many posts in one transaction.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._posts: queue.SimpleQueue[tuple[Errand, Post] | None] = queue.SimpleQueue()
        self._answers: deque[tuple[Errand, Answer]] = deque()
        self._stopping = False
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._carriers = [
            threading.Thread(target=self._carry, daemon=True) for _ in range(_CARRIERS)
        ]

    def start(self) -> None:
        """Take up what the process before left, and begin."""
        with self._runtime.store.transaction() as db:
            errands.release(db)
        for thread in (self._keeper, *self._carriers):
            thread.start()

    def stop(self) -> None:
        """End within about a second; a post that still waits for its answer is made again later."""
        self._stopping = True
        self._runtime.work.ring()
        self._keeper.join()
        for _ in self._carriers:
            self._posts.put(None)
        deadline = time.monotonic() + _STOP_WITHIN
        for thread in self._carriers:
            thread.join(max(0, deadline - time.monotonic()))
        self._settle_answers()

    def _keep(self) -> None:
        while not self._stopping:
            heard, now = self._runtime.work.rings, time.time()
            settled = self._settle_answers()
            claimed, due = self._hand_out(now)
            if settled or claimed:
                self._runtime.news.ring()
                time.sleep(_ROUND)
            else:
                self._runtime.work.wait(heard, due and due - now)

    def _settle_answers(self) -> int:
        """Record what the posts came to; the number of them."""
        count = len(self._answers)
        if count:
            with self._runtime.store.transaction() as db:
                for _ in range(count):
                    errand, answer = self._answers.popleft()
                    delivery.settle(db, errand, answer, self._runtime.faults)
        return count

    def _hand_out(self, now: float) -> tuple[int, float | None]:
        """Do what is due, by a carrier if it needs the network; how much that was, and what next:
        the moment the next errand falls due."""
        posts = []
        with self._runtime.store.transaction() as db:
            claimed = errands.claim(db, now, _CLAIMED_AT_ONCE)
            for errand in claimed:
                post = delivery.begin(self._runtime, db, errand)
                if post:
                    posts.append((errand, post))
            due = errands.next_due(db, now)
        for each in posts:
            self._posts.put(each)
        return len(claimed), due

    def _carry(self) -> None:
        while (each := self._posts.get()) and not self._stopping:
            errand, post = each
            self._answers.append((errand, posting.send(post)))
            self._runtime.work.ring()

"""Carriers that keep requests open, and note when each message reached them."""

import asyncio
import threading
import time
from dataclasses import replace

from bot.messaging.sending.send import send_due
from bot.providers import Outgoing, Post
from bot.runtime import Runtime
from bot.store.session import connect
from tests.carrier import Carrier


class Timed(Carrier):
    """A carrier that notes when each message reached it."""

    def __init__(self) -> None:
        super().__init__()
        self.reached: list[tuple[float, Outgoing]] = []

    async def send(self, message: Outgoing, post: Post) -> str:
        self.reached.append((time.monotonic(), message))
        return await super().send(message, post)

    def after(self, moment: float, number: str) -> list[str]:
        """What reached a number after a moment."""
        return [
            message.body
            for at, message in self.reached
            if at > moment and message.recipient == number
        ]


class Slow(Timed):
    """A carrier that keeps a request open until it is told to answer."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.answer = threading.Event(), threading.Event()

    async def send(self, message: Outgoing, post: Post) -> str:
        self.asked.set()
        assert await asyncio.to_thread(self.answer.wait, 60)
        return await super().send(message, post)


class Hanging(Slow):
    """One that lets so many requests at once wait for its answers."""

    def __init__(self, of: int) -> None:
        super().__init__()
        self.left, self.all_asked = of, threading.Event()

    async def send(self, message: Outgoing, post: Post) -> str:
        self.left -= 1
        if self.left == 0:
            self.all_asked.set()
        return await super().send(message, post)


def work(runtime: Runtime) -> None:
    """A worker: its own connections, as in a process of its own."""
    engine = connect(runtime.settings.DATABASE_URL)
    send_due(replace(runtime, engine=engine), threading.Event())
    engine.dispose()

"""Everything a running process holds, in one frozen value that is passed by hand."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import Engine

from bot.billing.sources import AccountsTable, BalanceSource
from bot.dialogue.decision import Flows
from bot.dialogue.vocabulary import Vocabulary
from bot.payments.gateways import Gateway
from bot.providers import Provider
from bot.providers.wire import Wire
from bot.scripts.edition import Edition
from bot.scripts.script import Scripts
from bot.scripts.shelf import Shelf
from bot.settings import Settings
from bot.store.crypto import Vault

# A web request must not hang on a Redis that hangs: the sweep mends a lost doorbell.
REDIS_ANSWERS_WITHIN_S = 0.5
REST_S = 1.0


def impatient(redis_url: str) -> Redis:
    """A client of Redis that gives up after half a second, and does not try again."""
    return Redis.from_url(
        redis_url,
        socket_timeout=REDIS_ANSWERS_WITHIN_S,
        socket_connect_timeout=REDIS_ANSWERS_WITHIN_S,
        retry=Retry(NoBackoff(), 0),
    )


class Rest:
    """The second for which a process leaves a server alone that failed it."""

    def __init__(self) -> None:
        self._until = 0.0

    def begin(self) -> None:
        """The server has just failed."""
        self._until = time.monotonic() + REST_S

    @property
    def lasts(self) -> bool:
        """Whether the server should still be left alone."""
        return time.monotonic() < self._until


@dataclass(frozen=True)
class Runtime:
    """Settings and connections of one process; tests replace single fields.

    `redis` gives up quickly, and `redis_rest` keeps from asking it again right after it failed.
    On the `shelf` lie the words to speak with: the newest, unless the runtime is `pinned`.
    """

    settings: Settings
    engine: Engine
    redis: Redis
    vault: Vault
    provider: Provider
    wire: Wire
    gateways: Mapping[str, Gateway]
    shelf: Shelf
    flows: Flows
    balances: BalanceSource = field(default_factory=AccountsTable)
    redis_rest: Rest = field(default_factory=Rest)

    @property
    def edition(self) -> Edition:
        """The words to speak with at this moment."""
        return self.shelf.edition

    @property
    def scripts(self) -> Scripts:
        """The scripts of the edition."""
        return self.edition.scripts

    @property
    def vocabulary(self) -> Vocabulary:
        """The keywords of the edition."""
        return self.edition.vocabulary

    def pinned(self) -> "Runtime":
        """The same with the words of this moment: a publication does not reach it any more.

        Whoever says something takes one for all of it, so that no answer mixes two editions.
        """
        return replace(self, shelf=self.shelf.pinned())

"""Everything a running process holds, in one frozen value that is passed by hand."""

from collections.abc import Mapping
from dataclasses import dataclass

from redis import Redis
from sqlalchemy import Engine

from bot.dialogue.decision import Flows
from bot.dialogue.vocabulary import Vocabulary
from bot.payments.gateways import Gateway
from bot.providers import Provider
from bot.settings import Settings
from bot.store.crypto import Vault
from bot.store.scripts import Scripts


@dataclass(frozen=True)
class Runtime:
    """Settings and connections of one process; tests replace single fields."""

    settings: Settings
    engine: Engine
    redis: Redis
    vault: Vault
    provider: Provider
    gateways: Mapping[str, Gateway]
    scripts: Scripts
    vocabulary: Vocabulary
    flows: Flows

"""What each provider brings to the tables that run over every provider; one module for each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import SendError
from bot.providers import Answer, Provider
from bot.setting_types import ProviderName
from bot.settings import Settings

HANAKO = "+819000000001"


@dataclass(frozen=True)
class Posted:
    """One webhook: its path and what Flask's test client takes to post it."""

    path: str
    how: Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """One provider: the settings of a company that uses it, its answers, and its webhooks.

    `refusals` are answers of its own with the error that each is. `text` makes the signed webhook
    of a text from its sender, words and id, and `status` that of a status from our message's id,
    the provider's id, the status in this house's words, and an error code. `forgeries` spoil a
    webhook of a text, and `unsigned` is what one without a signature is answered. `malformed` are
    signed webhooks of texts, `malformed_statuses` of statuses, that lack what they need.
    """

    name: ProviderName
    environment: Mapping[str, str]
    make: Callable[[Settings], Provider]
    accepted: Answer
    sid: str
    unreadable: tuple[Answer, ...]
    refusals: tuple[tuple[str, Answer, type[SendError]], ...]
    text: Callable[[str, str, str], Posted]
    status: Callable[[int, str, str, int | None], Posted]
    opted_out: int
    forgeries: Mapping[str, Callable[[], Posted]]
    unsigned: int
    malformed: Mapping[str, Posted]
    malformed_statuses: Mapping[str, Posted]

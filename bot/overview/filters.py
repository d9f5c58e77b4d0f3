"""Which conversations are asked for, as it stands in the address of the list, to be shared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement

from bot.dialogue.effects import Consent
from bot.overview.written import day_of
from bot.store.tables import conversation_cards
from bot.text.language import Language
from bot.text.storable import storable

LONGEST = 200
_card = conversation_cards.c


class State(StrEnum):
    """What may be the matter with a conversation."""

    WANTED = "wanted"
    TAKEN = "taken"
    HELD = "held"
    ON_HOLD = "on_hold"
    TROUBLE = "trouble"


@dataclass(frozen=True)
class Filters:
    """Every filter of the list; an empty one does not matter.

    `state` is a State or "mine"; `flow`, `consent` and `language` are as in the tables; `sender`
    and `department` are ids; `error` is a provider's code; `script` is a script's key or revision;
    `since` and `until` are days in Japan; `words` are searched for.
    """

    state: str = ""
    flow: str = ""
    consent: str = ""
    language: str = ""
    sender: str = ""
    department: str = ""
    error: str = ""
    script: str = ""
    since: str = ""
    until: str = ""
    words: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Filters":
        """What an address asks for; what cannot be read does not matter."""
        given = {
            each.name: storable(asked.get(each.name, "")).strip()[:LONGEST] for each in fields(cls)
        }
        return cls(**{name: value for name, value in given.items() if _is_readable(name, value)})

    def asked(self) -> dict[str, str]:
        """What an address must hold to ask for the same."""
        given = {each.name: str(getattr(self, each.name)) for each in fields(self)}
        return {name: value for name, value in given.items() if value}

    def conditions(self, member_id: int) -> list[ColumnElement[bool]]:
        """What must be true of a card, which tells nothing of words, scripts and departments."""
        found = [condition(self) for name, condition in _CONDITIONS.items() if getattr(self, name)]
        if self.state == "mine":
            found.append(_card.taken_by == member_id)
        return found


def _is_id(value: str) -> bool:
    return value.isdecimal() and len(value) < 10


# What a filter may be, where that is not any text.
_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "state": lambda value: value in {*State, "mine"},
    "consent": lambda value: value in set(Consent),
    "language": lambda value: value in set(Language),
    **dict.fromkeys(("sender", "department", "error"), _is_id),
    **dict.fromkeys(("since", "until"), lambda value: day_of(value) is not None),
}


def _is_readable(name: str, value: str) -> bool:
    check = _CHECKS.get(name)
    return not value or check is None or check(value)


def _of_state(filters: Filters) -> ColumnElement[bool]:
    match filters.state:
        case State.WANTED:
            return _card.wanted_at.is_not(None)
        case State.HELD:
            return _card.held
        case State.ON_HOLD:
            return _card.on_hold
        case State.TROUBLE:
            return _card.trouble.is_not(None)
    return _card.taken_by.is_not(None)


def _until(filters: Filters) -> Any:
    day = day_of(filters.until)
    return day and day + timedelta(days=1)


_CONDITIONS: Mapping[str, Callable[[Filters], ColumnElement[bool]]] = {
    "state": _of_state,
    "flow": lambda filters: _card.flow == filters.flow,
    "consent": lambda filters: _card.consent == filters.consent,
    "language": lambda filters: _card.language == filters.language,
    "sender": lambda filters: _card.sender_id == int(filters.sender),
    # Only with its first half is there an index.
    "error": lambda filters: _card.trouble.is_not(None) & (_card.error_code == int(filters.error)),
    "since": lambda filters: _card.last_at >= day_of(filters.since),
    "until": lambda filters: _card.last_at < _until(filters),
}

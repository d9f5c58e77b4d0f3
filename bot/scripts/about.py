"""What a folder's `about.yaml` says of its scripts: their tags, and what fills the placeholders."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from bot.errors import ScriptError
from bot.scripts import sheet
from bot.scripts.script import Tag
from bot.scripts.sheet import Value
from bot.text.format import TOKYO, Money, Weekday
from bot.text.language import Language

FILE = "about.yaml"


class Size(StrEnum):
    """How long a value is that a script is measured with."""

    SHORTEST = "shortest"
    TYPICAL = "typical"
    LONGEST = "longest"


# A value for each size, in their order.
Examples = Mapping[Size, object]


@dataclass(frozen=True)
class About:
    """Tags and offered placeholders by key; by placeholder and language its examples, and what it
    means."""

    tags: Mapping[str, frozenset[Tag]] = field(default_factory=dict)
    offers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    examples: Mapping[tuple[str, Language], Examples] = field(default_factory=dict)
    meanings: Mapping[tuple[str, Language], str] = field(default_factory=dict)


@lru_cache
def read(folder: Path) -> About:
    """What is said of a folder's scripts; nothing where there is no such file.

    ScriptError, with the line, for what cannot be understood.
    """
    file = folder / FILE
    if not file.exists():
        return About()
    parts = sheet.read(file)
    if unknown := parts.keys() - {"tags", "offers", "placeholders"}:
        raise ScriptError(f"{file}: {min(unknown)} is none of tags, offers and placeholders.")
    return About(
        dict(_tags(parts.get("tags"))),
        dict(_offers(parts.get("offers"))),
        dict(_examples(parts.get("placeholders"))),
        dict(_meanings(parts.get("placeholders"))),
    )


def _tags(told: Value | None) -> Iterator[tuple[str, frozenset[Tag]]]:
    found: dict[str, set[Tag]] = {}
    for name, keys in _entries(told, "tags"):
        if name not in set(Tag):
            raise ScriptError(f"{keys.place}: {name} is no tag; use {', '.join(Tag)}.")
        for key in keys.items(name):
            found.setdefault(key.text(name), set()).add(Tag(name))
    return ((key, frozenset(tags)) for key, tags in found.items())


def _offers(told: Value | None) -> Iterator[tuple[str, frozenset[str]]]:
    for key, names in _entries(told, "offers"):
        yield key, frozenset(name.text(key) for name in names.items(key))


def _examples(told: Value | None) -> Iterator[tuple[tuple[str, Language], Examples]]:
    for name, entry in _entries(told, "placeholders"):
        parts = entry.entries(name)
        shows = parts["shows"].text(name) if "shows" in parts else "text"
        if shows not in _READ:
            raise ScriptError(f"{entry.place}: {name} shows {shows}; use {', '.join(_READ)}.")
        for language in Language:
            if language in parts:
                yield (name, language), _sizes(name, shows, parts[language])


def _meanings(told: Value | None) -> Iterator[tuple[tuple[str, Language], str]]:
    for name, entry in _entries(told, "placeholders"):
        parts = entry.entries(name)
        for written, words in parts["means"].entries(name).items() if "means" in parts else ():
            if written not in set(Language):
                raise ScriptError(f"{words.place}: {written} is none of {', '.join(Language)}.")
            yield (name, Language(written)), words.text(name)


def _sizes(name: str, shows: str, values: Value) -> Examples:
    given = [_value(name, shows, value) for value in values.items(name)]
    if len(given) != len(Size):
        raise ScriptError(f"{values.place}: {name} needs three values: {', '.join(Size)}.")
    return dict(zip(Size, given, strict=True))


def _value(name: str, shows: str, value: Value) -> object:
    text = value.text(name)
    try:
        return _READ[shows](text)
    except ValueError:
        raise ScriptError(f"{value.place}: {text} is no {shows} of {name}.") from None


def _entries(told: Value | None, name: str) -> Iterator[tuple[str, Value]]:
    return iter(told.entries(name).items() if told else ())


def _money(text: str) -> Money:
    minor, _, currency = text.partition(" ")
    return Money(int(minor), currency)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


_READ: Mapping[str, Callable[[str], object]] = {
    "text": str,
    "money": _money,
    "day": date.fromisoformat,
    "weekday": lambda text: Weekday(date.fromisoformat(text)),
    "moment": _moment,
}

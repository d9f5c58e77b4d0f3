"""From what somebody tells about a sender to the columns that keep it, checked."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any

from bot.errors import SenderRefused
from bot.senders.sender import CARRIERS, Details
from bot.setting_types import MOST_QUESTIONS, Question
from bot.store.tables import senders

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
LONGEST_DISPLAY = 20


def columns(details: Details, displays: Mapping[str, str]) -> dict[str, Any]:
    """The columns that change, of a sender with these displays so far.

    Raises SenderRefused naming the first thing that cannot be kept.
    """
    told = {field.name: getattr(details, field.name) for field in fields(details)}
    given = {name: value for name, value in told.items() if value is not None}
    if details.displays is not None:
        given["displays"] = {**displays, **details.displays}
    return {name: _kept(name, value) for name, value in given.items()}


def _kept(name: str, value: Any) -> Any:
    match name:
        case "displays":
            return dict(_displays(value))
        case "link_domains":
            return [domain(one) for one in value if one.strip()]
        case "questions":
            return list(_questions([one.strip() for one in value if one.strip()]))
    return value if isinstance(value, StrEnum) else _words(name, value)


def _words(name: str, value: str) -> str:
    """One line: these words stand in texts and headings."""
    line = " ".join(value.split())
    longest = senders.c[name].type.length  # type: ignore[attr-defined]
    if len(line) > longest:
        raise SenderRefused(f"{name} is too long: at most {longest} characters.")
    if not line.isprintable():
        raise SenderRefused(f"{name} holds a character that cannot be shown.")
    return line


def _displays(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    known = {carrier.casefold(): carrier for carrier in CARRIERS}
    for name, value in given.items():
        carrier = known.get(name.strip().casefold())
        if carrier is None:
            raise SenderRefused(f"{name} is no carrier here: {', '.join(CARRIERS)}.")
        shown = " ".join(value.split())
        if len(shown) > LONGEST_DISPLAY or not shown.isprintable():
            raise SenderRefused(f"{carrier} shows at most {LONGEST_DISPLAY} characters.")
        if shown:
            yield carrier, shown


def _questions(names: list[str]) -> Iterator[str]:
    """Each once, in the order in which they are asked."""
    if unknown := [name for name in names if name not in set(Question)]:
        raise SenderRefused(f"{unknown[0][:40]} is no question: {', '.join(Question)}.")
    asked = dict.fromkeys(names)
    if len(asked) > MOST_QUESTIONS:
        raise SenderRefused(f"A page asks at most {MOST_QUESTIONS} questions.")
    yield from asked


def domain(value: str) -> str:
    """A host name in lower case; SenderRefused for an address or anything else."""
    host = value.strip().lower().rstrip(".")
    if not _DOMAIN.fullmatch(host):
        raise SenderRefused(f"{value.strip()[:80]} is no domain: write only s.example.jp.")
    return host

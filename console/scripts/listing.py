"""All scripts and lists of keywords, by flow, in both languages side by side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from bot.rehearsal import release
from bot.runtime import Runtime
from bot.scripts import drafts
from bot.scripts.checker.check import check
from bot.scripts.checker.finding import Finding
from bot.scripts.edition import Edition
from bot.scripts.shipped import KEYWORDS
from bot.text.language import Language
from bot.text.normalize import folded
from console import visitor
from console.screens import Screens
from console.scripts.pieces import chips

ONLY = ("changed", "found")


@dataclass(frozen=True)
class Line:
    """A key with what it says; `changed` by a publication, `drafted` by the visitor."""

    key: str
    said: Mapping[Language, Mapping[str, Any]]
    changed: bool
    drafted: bool
    findings: tuple[Finding, ...]

    @property
    def flow(self) -> str:
        """What it belongs to: the first part of its key."""
        return self.key.partition(".")[0]

    def holds(self, words: str) -> bool:
        """Whether the words, folded, stand in its key or anywhere in what it says."""
        told = [self.key, *(part for content in self.said.values() for part in _parts(content))]
        return any(words in folded(one) for one in told)


def everything(screens: Screens) -> ResponseReturnValue:
    """The list; `words`, `flow` and `only` say what of it."""
    asked = {name: request.args.get(name, "").strip() for name in ("words", "flow", "only")}
    with screens.runtime.engine.connect() as connection:
        edition = release.edition(connection, screens.runtime)
        lines = list(_lines(connection, screens.runtime, edition, asked["only"] == "found"))
    return screens.show(
        "scripts/list",
        lines=[line for line in lines if _wanted(line, asked)],
        flows=list(dict.fromkeys(line.flow for line in lines)),
        only=ONLY,
        asked=asked,
        languages=tuple(Language),
        chips=chips,
    )


def _lines(
    connection: Connection, runtime: Runtime, edition: Edition, checks: bool
) -> Iterator[Line]:
    drafted = _drafted(connection)
    found: dict[str, list[Finding]] = {}
    keys = _keys(edition)
    for one in check(release.context(connection, runtime, edition), keys) if checks else ():
        found.setdefault(one.key, []).append(one)
    for key in keys:
        slots = [(key, language) for language in Language]
        yield Line(
            key,
            {slot[1]: edition.content(slot) for slot in slots},
            any(slot in edition.changes for slot in slots),
            key in drafted,
            tuple(found.get(key, ())),
        )


def _keys(edition: Edition) -> list[str]:
    """In the order of the files, and the lists of keywords last."""
    lists = [f"{KEYWORDS}.{name}" for name in edition.keywords[Language.JA]]
    return [*dict.fromkeys(key for key, _ in edition.scripts), *lists]


def _drafted(connection: Connection) -> set[str]:
    who = visitor.current().member.actor
    at_work = drafts.at_work(connection, who)
    items = drafts.read(connection, at_work, who).items if at_work is not None else ()
    return {key for key, _ in items}


def _wanted(line: Line, asked: Mapping[str, str]) -> bool:
    only = {"changed": line.changed or line.drafted, "found": bool(line.findings)}
    of_flow, words = asked["flow"] in {"", line.flow}, folded(asked["words"])
    return of_flow and only.get(asked["only"], True) and (not words or line.holds(words))


def _parts(content: Mapping[str, Any]) -> list[str]:
    return content["words"] if "words" in content else [content["text"], content["note"]]

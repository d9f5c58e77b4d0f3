"""What the commands about words share: their runtime, their options, and how they print."""

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from bot.text.language import Language

if TYPE_CHECKING:
    from datetime import datetime

    from bot.runtime import Runtime
    from bot.scripts.item import Slot

BY = click.option("--by", required=True, metavar="NAME", help="Who does this: a member of staff.")
DRAFT = click.argument("draft_id", metavar="DRAFT", type=int)
KEY = click.argument("key")
LANGUAGE = click.argument("language", type=click.Choice([one.value for one in Language]))
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@contextmanager
def opened() -> "Iterator[Runtime]":
    """A runtime on the company's database, for as long as a command runs."""
    from bot.app import build_reader
    from bot.settings import load

    runtime = build_reader(load())
    try:
        runtime.shelf.look(runtime.engine)
        yield runtime
    finally:
        runtime.engine.dispose()


def in_japan(moment: "datetime") -> str:
    """A moment to the minute, by the clocks of Japan."""
    from bot.text.format import TOKYO

    return f"{moment.astimezone(TOKYO):%Y-%m-%d %H:%M}"


def slot(key: str, language: str) -> "Slot":
    """A key in a language."""
    return key, Language(language)


def as_json(value: Any) -> str:
    """Any value of ours as one line of JSON."""
    return json.dumps(value, default=_plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)

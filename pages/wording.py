"""What the pages say, in both languages, read from `words/` and checked when the program starts."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from babel.dates import format_date
from ruamel.yaml import YAML

from bot.errors import ScriptError
from bot.text import template
from bot.text.format import TOKYO, shown
from bot.text.language import Language

FOLDER = Path(__file__).parent / "words"
Words = Mapping[Language, Mapping[str, str]]


@lru_cache
def load(folder: Path = FOLDER) -> Words:
    """The texts by language and key, read once in a process: it takes a tenth of a second.

    Raises ScriptError where a text or its translation is missing or has other placeholders,
    TemplateError where a brace is no placeholder.
    """
    words = {language: _read(folder / f"{language}.yaml") for language in Language}
    for language, texts in words.items():
        for other in words.values():
            _compare(language, texts, other)
    return words


def say(
    texts: Mapping[str, str], language: Language, contact: str, key: str, **values: object
) -> str:
    """A text with its values filled in, each in the form its language gives it."""
    known = {"contact": contact, **values}
    return template.render(
        texts[key], {name: shown(value, language) for name, value in known.items()}
    )


def full_day(value: date, language: Language) -> str:
    """A day with its year, as a receipt needs it: "2026年7月15日" or "July 15, 2026"."""
    return format_date(value, "long", locale=language.value)


def day_in_japan(value: datetime, language: Language) -> str:
    """The day of a moment in Japan, with its year."""
    return full_day(value.astimezone(TOKYO).date(), language)


def full_moment(value: datetime, language: Language) -> str:
    """A moment with its year, in Japan: "2026年7月15日 14:05" or "July 15, 2026, 14:05 JST"."""
    there = value.astimezone(TOKYO)
    if language is Language.JA:
        return f"{full_day(there, language)} {there:%H:%M}"
    return f"{full_day(there, language)}, {there:%H:%M} JST"


def _read(file: Path) -> dict[str, str]:
    texts = YAML(typ="safe").load(file.read_text("utf-8"))
    for key, text in texts.items():
        if not isinstance(text, str):
            raise ScriptError(f"{file.name}: {key} needs a text in quotes.")
        template.check(text)
    return dict(texts)


def _compare(language: Language, texts: Mapping[str, str], other: Mapping[str, str]) -> None:
    for key, text in other.items():
        if key not in texts:
            raise ScriptError(f"The page's text {key} is missing in {language}.")
        if template.placeholders(texts[key]) != template.placeholders(text):
            raise ScriptError(f"The page's text {key} has other placeholders in {language}.")

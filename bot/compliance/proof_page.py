"""The proof bundle as a page to read and to print: in words, and by the clock of Japan."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from ruamel.yaml import YAML

from bot.compliance import purposes
from bot.text.format import TOKYO
from bot.text.language import Language

HERE = Path(__file__).parent
# What names a moment to the second: two steps of one conversation are seldom nearer.
MOMENT = "%Y-%m-%d %H:%M:%S"


def as_page(proof: Mapping[str, Any], language: Language) -> str:
    """The bundle as one printable HTML page; whatever people wrote is escaped."""
    words = words_of(language)
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
    )
    templates.filters |= {
        "moment": moment,
        "actor": partial(_actor, words),
        "purpose": partial(_purpose, words, language),
    }
    return templates.get_template("proof.html").render(proof=proof, words=words, language=language)


@cache
def words_of(language: Language) -> Mapping[str, Any]:
    """What the page calls steps, methods and the fields of the evidence."""
    text = (HERE / "words" / f"{language}.yaml").read_text("utf-8")
    words: Mapping[str, Any] = YAML(typ="safe").load(text)
    return words


def moment(written: str) -> str:
    """A moment in ISO form as it was in Japan; anything else as it is."""
    try:
        return f"{datetime.fromisoformat(written).astimezone(TOKYO):{MOMENT}}"
    except ValueError:
        return written


def _actor(words: Mapping[str, Any], actor: str) -> str:
    """Who did it: the person, the carrier, the clock, or somebody with a name of their own."""
    kind, _, name = actor.partition(":")
    return " ".join(filter(None, (words["actor"].get(kind, kind), name)))


def _purpose(words: Mapping[str, Any], language: Language, key: str | None) -> str:
    """A purpose by its title of today, or its key where it has none any more."""
    if key is None:
        return str(words["every_purpose"])
    known = purposes.shipped()
    return purposes.current(known, key).title[language] if key in known else key

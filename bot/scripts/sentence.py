"""What is said to people about the scripts that they write: refusals and findings, to be told in
the reader's language.

The sentences lie in `words/`, by key; every one is there in each language with the same values.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.scripts import sheet
from bot.text import template
from bot.text.language import Language

WORDS = Path(__file__).parent / "words"

# What a code of a kind is called by whoever tells a sentence.
Called = Callable[[str, str], str]


@dataclass(frozen=True)
class Code:
    """A code of ours as a value of a sentence: an intent, a flow, a rule. Commands are given it as
    it stands; pages tell it by its name."""

    kind: str
    code: str


def _as_it_stands(_: str, code: str) -> str:
    return code


class Sentence(str):
    """A sentence in English, which can be told in other languages too."""

    __slots__ = ("key", "values")

    def __new__(cls, key: str, /, **values: object) -> "Sentence":
        """The sentence of a key; a value that is a sentence itself is told in the same language."""
        made = super().__new__(cls, _told(key, values, Language.EN))
        made.key, made.values = key, values
        return made

    key: str
    values: Mapping[str, object]

    def told(self, language: Language, called: Called = _as_it_stands) -> str:
        """The sentence in a language; `called` names the codes in it."""
        return _told(self.key, self.values, language, called)


class Sentences(tuple[Sentence, ...]):
    """Several sentences, as a value of another one: told one after the other."""

    __slots__ = ()

    def told(self, language: Language, called: Called = _as_it_stands) -> str:
        """All of them in a language."""
        return templates(language)["between"].join(one.told(language, called) for one in self)


def tell(words: str, language: Language, called: Called = _as_it_stands) -> str:
    """A sentence in a language; what is none as it stands."""
    return words.told(language, called) if isinstance(words, Sentence) else words


def spoken(language: Language | None) -> Sentence:
    """What a language is called."""
    return Sentence(f"language_{language}")


@cache
def templates(language: Language) -> Mapping[str, str]:
    """Every sentence of a language by its key."""
    file = WORDS / f"{language}.yaml"
    return {key: value.text(key) for key, value in sheet.read(file).items()}


def _told(
    key: str, values: Mapping[str, object], language: Language, called: Called = _as_it_stands
) -> str:
    told = {name: _value(value, language, called) for name, value in values.items()}
    return template.render(templates(language)[key], told)


def _value(value: object, language: Language, called: Called) -> str:
    if isinstance(value, Code):
        return called(value.kind, value.code)
    return value.told(language, called) if isinstance(value, Sentence | Sentences) else str(value)

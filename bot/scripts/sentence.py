"""What is said to people about the scripts that they write: refusals and findings, to be told in
the reader's language.

The sentences lie in `words/`, by key; every one is there in each language with the same values.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from bot.scripts import sheet
from bot.text import template
from bot.text.language import Language

WORDS = Path(__file__).parent / "words"


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

    def told(self, language: Language) -> str:
        """The sentence in a language."""
        return _told(self.key, self.values, language)


class Sentences(tuple[Sentence, ...]):
    """Several sentences, as a value of another one: told one after the other."""

    __slots__ = ()

    def told(self, language: Language) -> str:
        """All of them in a language."""
        return ", ".join(one.told(language) for one in self)


def tell(words: str, language: Language) -> str:
    """A sentence in a language; what is none as it stands."""
    return words.told(language) if isinstance(words, Sentence) else words


@cache
def templates(language: Language) -> Mapping[str, str]:
    """Every sentence of a language by its key."""
    file = WORDS / f"{language}.yaml"
    return {key: value.text(key) for key, value in sheet.read(file).items()}


def _told(key: str, values: Mapping[str, object], language: Language) -> str:
    told = {name: _value(value, language) for name, value in values.items()}
    return template.render(templates(language)[key], told)


def _value(value: object, language: Language) -> str:
    return value.told(language) if isinstance(value, Sentence | Sentences) else str(value)

"""The words that people may write, by language and meaning; data, checked when it is made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.errors import ScriptError
from bot.text.language import Language
from bot.text.normalize import normalize


class Intent(StrEnum):
    """What a text wants, context apart."""

    STOP = "STOP"
    START = "START"
    HELP = "HELP"
    BALANCE = "BALANCE"
    PAY = "PAY"
    AGENT = "AGENT"
    YES = "YES"
    NO = "NO"
    WRONG = "WRONG"
    PROMISE = "PROMISE"
    PAID = "PAID"
    LANG_JA = "LANG_JA"
    LANG_EN = "LANG_EN"
    OTHER = "OTHER"


NARROW = "STOP_"
Keywords = Mapping[Language, Mapping[str, Iterable[str]]]


@dataclass(frozen=True)
class Entry:
    """One keyword: its intent and the languages that list it."""

    word: str
    intent: Intent
    languages: frozenset[Language]


@dataclass(frozen=True)
class Vocabulary:
    """Every keyword by its normalised form, and the words that lead back out of a question.

    `narrow` are the words that stop one purpose only, by their form; `lawyer` those that, anywhere
    in a text, tell of a lawyer or of insolvency.
    """

    entries: Mapping[str, Entry]
    back: frozenset[str]
    narrow: Mapping[str, str] = field(default_factory=dict)
    lawyer: frozenset[str] = frozenset()

    @classmethod
    def of(cls, keywords: Keywords) -> "Vocabulary":
        """Read `{language: {intent, BACK, LAWYER or STOP_<PURPOSE>: words}}`.

        Raises ScriptError for an unknown intent, an empty word, or a word with two meanings.
        """
        entries: dict[str, Entry] = {}
        back: set[str] = set()
        narrow: dict[str, str] = {}
        lawyer: set[str] = set()
        for language, lists in keywords.items():
            for name, words in lists.items():
                for word in words:
                    form = _form(word, language, name)
                    if name == "BACK":
                        back.add(form)
                    elif name == "LAWYER":
                        lawyer.add(form)
                    elif name.startswith(NARROW):
                        narrow[form] = name.removeprefix(NARROW).lower()
                    else:
                        entries[form] = _entry(entries.get(form), word, language, name)
        return cls(entries, frozenset(back), narrow, frozenset(lawyer))


def _form(word: object, language: Language, name: str) -> str:
    form = normalize(word) if isinstance(word, str) else ""
    if not form:
        raise ScriptError(f"{language}/keywords: {name} holds an empty word or one without quotes.")
    return form


def _entry(known: Entry | None, word: str, language: Language, name: str) -> Entry:
    if name not in Intent.__members__:
        raise ScriptError(f"{language}/keywords: {name} is not an intent.")
    intent = Intent(name)
    if known is None:
        return Entry(word, intent, frozenset({language}))
    if known.intent is not intent:
        raise ScriptError(f"{language}/keywords: {word} cannot mean {intent} and {known.intent}.")
    return Entry(known.word, intent, known.languages | {language})

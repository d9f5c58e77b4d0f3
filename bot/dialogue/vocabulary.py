"""The words that people may write, by language and meaning; data, checked when it is made."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from bot.dialogue.lexicon import Lexicon
from bot.dialogue.statistics import Model
from bot.errors import ScriptError, TwoMeanings
from bot.text.language import Language
from bot.text.normalize import normalize
from bot.text.spelling import Spelling, bare_kana


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


# The kinds of the grammar that a STOP keyword may have.
STOPPING_KINDS = frozenset(
    {"stop", "out", "release", "revoke", "drop", "unneeded", "forbid", "unwilling", "refusal"}
)
ANSWERS = frozenset({Intent.YES, Intent.NO})
# Shorter keywords have too many neighbours that mean something else.
SHORTEST_TYPO_LATIN = 4
SHORTEST_TYPO_KANA = 4

_INSIDE = re.compile("[ ,、・.。!?:;/~_-]+")

NARROW = "STOP_"
# The list of the words that lead back out of a question.
BACK = "BACK"
# Lists of words that count wherever they stand in a text, in the order of the vocabulary's fields.
ANYWHERE = ("LAWYER", "AUTOMATIC", "BROWSERLESS")
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
    in a text, tell of a lawyer or of insolvency, `automatic` those by which machines answer, and
    `browserless` those of people who cannot open a page.
    """

    entries: Mapping[str, Entry]
    back: frozenset[str]
    lexicons: Mapping[Language, Lexicon] = field(default_factory=dict)
    model: Model | None = None
    narrow: Mapping[str, str] = field(default_factory=dict)
    lawyer: frozenset[str] = frozenset()
    automatic: frozenset[str] = frozenset()
    browserless: frozenset[str] = frozenset()

    def is_browserless(self, form: str) -> bool:
        """Whether somebody who wrote a normalised text cannot open a page, or wants none."""
        return any(words in form for words in self.browserless)

    def is_automatic(self, form: str) -> bool:
        """Whether a machine wrote a normalised text: an absence note, another bot."""
        return any(words in form for words in self.automatic)

    def names_lawyer(self, form: str) -> str | None:
        """The word of a normalised text that tells of a lawyer or of insolvency."""
        return next((word for word in self.lawyer if word in form), None)

    def entry(self, form: str) -> Entry | None:
        """The keyword a normalised text is, whatever spaces and commas stand in it."""
        return self.entries.get(form) or self.entries.get(squash(form))

    def near(self, form: str) -> Entry | None:
        """The keyword that a text is one slip away from."""
        known = self.spelling.correct(squash(form)) or self.bare.get(bare_kana(squash(form)))
        return self.entries.get(known) if known else None

    @cached_property
    def spelling(self) -> Spelling:
        """The keywords that are long enough to be recognised when misspelt."""
        long = (word for word in self.entries if len(word) >= _shortest(word))
        # Answers are short and near to one another: いいです is neither いいえ nor いやです.
        return Spelling(word for word in long if self.entries[word].intent not in ANSWERS)

    @cached_property
    def bare(self) -> Mapping[str, str]:
        """Kana keywords by what is left without long vowels and doubled consonants."""
        long = (word for word in self.entries if len(bare_kana(word)) >= 3)
        return {bare_kana(word): word for word in long}

    @classmethod
    def of(
        cls,
        keywords: Keywords,
        lexicons: Mapping[Language, Lexicon] | None = None,
        model: Model | None = None,
    ) -> "Vocabulary":
        """Read `{language: {intent, BACK, STOP_<PURPOSE> or one of ANYWHERE: words}}`.

        Raises ScriptError for an unknown intent, an empty word, or a word with two meanings.
        """
        entries: dict[str, Entry] = {}
        back: set[str] = set()
        narrow: dict[str, str] = {}
        anywhere: dict[str, set[str]] = {name: set() for name in ANYWHERE}
        for language, lists in keywords.items():
            for name, words in lists.items():
                for word in words:
                    form = _form(word, language, name)
                    if name == BACK:
                        back.add(form)
                    elif name in anywhere:
                        anywhere[name].add(form)
                    elif name.startswith(NARROW):
                        narrow[form] = name.removeprefix(NARROW).lower()
                    else:
                        entries[form] = _entry(entries.get(form), word, language, name)
                _check_shadows(entries, back, lexicons or {})
        entries |= {squash(form): entry for form, entry in entries.items()}
        counting = [frozenset(each) for each in anywhere.values()]
        return cls(entries, frozenset(back), lexicons or {}, model, narrow, *counting)


def _check_shadows(
    entries: Mapping[str, Entry], back: set[str], lexicons: Mapping[Language, Lexicon]
) -> None:
    """ScriptError for a word that would take its meaning from a word that stops."""
    stops = {form for form, entry in entries.items() if entry.intent is Intent.STOP}
    for form in sorted(stops & back):
        told = f"keywords: {form} means STOP and cannot lead back as well."
        raise TwoMeanings(told, form, Intent.STOP, BACK)
    for language, lexicon in lexicons.items():
        for form, kind in lexicon.kinds.items():
            if form in stops and kind not in STOPPING_KINDS:
                told = f"{language}/grammar: {form} means STOP and cannot be {kind}."
                raise TwoMeanings(told, form, Intent.STOP, kind)
            if kind in {"stop", "out"} and form in entries and form not in stops:
                other = entries[form].intent
                told = f"{language}/keywords: {form} stops and cannot mean {other}."
                raise TwoMeanings(told, form, Intent.STOP, other)


def _shortest(word: str) -> int:
    return SHORTEST_TYPO_LATIN if word.isascii() else SHORTEST_TYPO_KANA


def squash(form: str) -> str:
    """A normalised text without the spaces and marks inside: "s t o p" and "stop, please"."""
    return _INSIDE.sub("", form)


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
        told = f"{language}/keywords: {word} cannot mean {intent} and {known.intent}."
        raise TwoMeanings(told, word, intent, known.intent)
    if language in known.languages:
        told = f"{language}/keywords: {word} is listed twice under {intent}."
        raise TwoMeanings(told, word, intent, intent)
    return Entry(known.word, intent, known.languages | {language})

"""What a rule about a clause is: a pattern over the kinds of its words, and what it concludes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from bot.dialogue.lexicon import Token
from bot.dialogue.vocabulary import Intent

# Nobody needs a longer clause or text to say what they want; it bounds the time for one message.
MOST_WORDS = 40
MOST_LETTERS = 160
# The rule, in both languages, that somebody says they cannot pay.
CANNOT_PAY = "cannot pay"


class Weight(IntEnum):
    """How strongly a conclusion speaks; the strongest of a text decides."""

    NOTHING = 0
    HINT = 1
    TOPIC = 2
    DOUBT = 3
    WISH = 4
    QUESTION = 5
    REQUEST = 6


@dataclass(frozen=True, slots=True)
class Finding:
    """One conclusion about a text: the rule that drew it, and the words it read."""

    intent: Intent
    weight: Weight
    rule: str
    words: str

    @property
    def clarify(self) -> bool:
        """Whether the person must be asked before anything is done."""
        return self.intent is Intent.STOP and self.weight in {Weight.DOUBT, Weight.HINT}


@dataclass(frozen=True)
class Rule:
    """A pattern over letters (one for each kind of word), and the conclusion where it matches."""

    name: str
    pattern: re.Pattern[str]
    intent: Intent
    weight: Weight


def rule(name: str, pattern: str, intent: Intent, weight: Weight) -> Rule:
    """A rule from its pattern; spaces in the pattern only make it readable."""
    return Rule(name, re.compile(pattern, re.VERBOSE), intent, weight)


@dataclass(frozen=True, slots=True)
class Clause:
    """The words of one clause and their kinds as a string of letters, one for each word."""

    tokens: tuple[Token, ...]
    letters: str

    def words(self, start: int, end: int) -> str:
        """The words behind a stretch of letters."""
        return " ".join(token.word.strip() for token in self.tokens[start:end] if token.word)


@dataclass(frozen=True)
class Grammar:
    """How the sentences of one language are read.

    `letters` gives a letter to each kind of word that matters, `boundary` is the kind that ends a
    clause. `stopping` is asked for each clause, `topics` for the whole sentence, in which "."
    stands between clauses. A stop without an object of its own is doubtful in a text that names
    one of `others` and none of `ours`.
    """

    letters: Mapping[str, str]
    boundary: str
    stopping: tuple[Rule, ...]
    topics: tuple[Rule, ...]
    ours: str
    others: str

    def read(self, sentences: Iterable[Iterable[Token]]) -> list[Finding]:
        """Every conclusion about a text: at most one for each clause, and one on its topic."""
        clauses = [clause for tokens in sentences for clause in self._clauses(tokens)]
        whole = _joined(clauses)
        found = [first(self.stopping, clause) for clause in clauses]
        if self._about_others(whole):
            found = [_doubted(finding) for finding in found]
        found.append(first(self.topics, whole))
        return [finding for finding in found if finding is not None]

    def _about_others(self, whole: Clause) -> bool:
        letters = set(whole.letters)
        return not letters.isdisjoint(self.others) and letters.isdisjoint(self.ours)

    def _clauses(self, tokens: Iterable[Token]) -> list[Clause]:
        groups: list[list[Token]] = [[]]
        for token in tokens:
            if token.kind == self.boundary:
                groups.append([])
            elif token.kind in self.letters:
                groups[-1].append(token)
        return [self._clause(group[-MOST_WORDS:]) for group in groups if group]

    def _clause(self, tokens: list[Token]) -> Clause:
        return Clause(tuple(tokens), "".join(self.letters[token.kind] for token in tokens))


def _doubted(finding: Finding | None) -> Finding | None:
    """A stop that may be meant for another thing is only a hint."""
    if finding is None or finding.intent is not Intent.STOP:
        return finding
    return replace(finding, weight=Weight.HINT)


def _joined(clauses: Iterable[Clause]) -> Clause:
    tokens: list[Token] = []
    for clause in clauses:
        tokens += [*clause.tokens, Token("boundary", "", 0, 0)]
    letters = "".join(f"{clause.letters}." for clause in clauses)
    return Clause(tuple(tokens[:MOST_LETTERS]), letters[:MOST_LETTERS])


def first(rules: Iterable[Rule], clause: Clause) -> Finding | None:
    """The conclusion of the first rule that matches."""
    for one in rules:
        if match := one.pattern.search(clause.letters):
            words = clause.words(match.start(), match.end())
            return Finding(one.intent, one.weight, one.name, words)
    return None


def strongest(findings: Sequence[Finding]) -> Finding | None:
    """The finding with the most weight, the earliest of equals."""
    return max(findings, key=lambda finding: finding.weight, default=None)

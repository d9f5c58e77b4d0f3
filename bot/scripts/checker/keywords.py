"""Whether the keywords can stand: the words of the law are there, and no word has two meanings."""

from collections.abc import Iterator, Mapping

from bot.dialogue.vocabulary import NARROW
from bot.errors import ScriptError
from bot.scripts.checker import wording
from bot.scripts.checker.context import Context
from bot.scripts.checker.finding import Finding, Severity
from bot.scripts.shipped import KEYWORDS, Lists, Shipped
from bot.text.language import Language
from bot.text.normalize import normalize


def contradictions(shipped: Shipped, lists: Lists) -> Iterator[Finding]:
    """A word that would mean two things, by its name."""
    try:
        shipped.vocabulary(lists)
    except ScriptError as error:
        yield Finding(Severity.ERROR, "collision", KEYWORDS, None, str(error))
    yield from _narrow(lists)


def required(context: Context) -> Iterator[Finding]:
    """Words that must stay, and lists that must not be empty."""
    for intent, by_language in wording.required().items():
        for language, words in by_language.items():
            kept = {normalize(word) for word in context.edition.keywords[language].get(intent, ())}
            for word in words:
                if normalize(word) not in kept:
                    told = f"{word} must keep its meaning, by law or by the carriers' rules."
                    yield _error("required", f"{KEYWORDS}.{intent}", language, told)
    for language, lists in context.edition.keywords.items():
        for name, words in lists.items():
            if not words:
                yield _error("required", f"{KEYWORDS}.{name}", language, "The list is empty.")


def flows(context: Context) -> Iterator[Finding]:
    """Keywords of flows that mean something else already."""
    vocabulary = context.edition.vocabulary
    for word, flow in context.flow_keywords.items():
        entry = vocabulary.entry(word)
        if entry is not None:
            told = f"{entry.word} begins the flow {flow} and cannot mean {entry.intent} as well."
            key = f"{KEYWORDS}.{entry.intent}"
            yield Finding(Severity.ERROR, "collision", key, None, told)


def _narrow(lists: Lists) -> Iterator[Finding]:
    """A word that stops one purpose must not be one that means something else."""
    for language, named in lists.items():
        meanings = _meanings(named)
        for name, words in named.items():
            for word in words if name.startswith(NARROW) else ():
                if other := meanings.get(normalize(word)):
                    told = f"{word} cannot mean {name} and {other}."
                    yield _error("collision", f"{KEYWORDS}.{name}", language, told)


def _meanings(named: Mapping[str, tuple[str, ...]]) -> Mapping[str, str]:
    plain = ((name, words) for name, words in named.items() if not name.startswith(NARROW))
    return {normalize(word): name for name, words in plain for word in words}


def _error(rule: str, key: str, language: Language, words: str) -> Finding:
    return Finding(Severity.ERROR, rule, key, language, words)

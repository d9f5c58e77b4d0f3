"""Whether the keywords can stand: the words of the law are there, and no word has two meanings."""

from collections.abc import Iterator, Mapping

from bot.dialogue.vocabulary import ANYWHERE, BACK, NARROW, Intent
from bot.errors import ScriptError, TwoMeanings
from bot.scripts.checker import wording
from bot.scripts.checker.context import Context
from bot.scripts.checker.finding import Finding, Severity
from bot.scripts.sentence import Code, Sentence
from bot.scripts.shipped import KEYWORDS, Lists, Shipped
from bot.text.language import Language
from bot.text.normalize import normalize

# Lists of words that are no intents.
OTHERS = frozenset({BACK, *ANYWHERE})


def contradictions(shipped: Shipped, lists: Lists) -> Iterator[Finding]:
    """A word that would mean two things, by its name."""
    try:
        shipped.vocabulary(lists)
    except ScriptError as error:
        yield Finding(Severity.ERROR, "collision", KEYWORDS, None, _told(error))
    yield from _narrow(lists)


def required(context: Context) -> Iterator[Finding]:
    """Words that must stay, and lists that must not be empty."""
    for intent, by_language in wording.required().items():
        for language, words in by_language.items():
            kept = {normalize(word) for word in context.edition.keywords[language].get(intent, ())}
            for word in words:
                if normalize(word) not in kept:
                    told = Sentence("required", word=word)
                    yield _error("required", f"{KEYWORDS}.{intent}", language, told)
    for language, lists in context.edition.keywords.items():
        for name, words in lists.items():
            if not words:
                told = Sentence("empty_list")
                yield _error("required", f"{KEYWORDS}.{name}", language, told)


def flows(context: Context) -> Iterator[Finding]:
    """Keywords of flows that mean something else already."""
    vocabulary = context.edition.vocabulary
    for word, flow in context.flow_keywords.items():
        entry = vocabulary.entry(word)
        if entry is not None:
            both = {"flow": Code("flow", flow), "intent": _meaning(entry.intent)}
            told = Sentence("begins_a_flow", word=entry.word, **both)
            key = f"{KEYWORDS}.{entry.intent}"
            yield Finding(Severity.ERROR, "collision", key, None, told)


def _narrow(lists: Lists) -> Iterator[Finding]:
    """A word that stops one purpose must not be one that means something else."""
    for language, named in lists.items():
        meanings = _meanings(named)
        for name, words in named.items():
            for word in words if name.startswith(NARROW) else ():
                if other := meanings.get(normalize(word)):
                    both = {"one": _meaning(name), "other": _meaning(other)}
                    told = Sentence("two_meanings", word=word, **both)
                    yield _error("collision", f"{KEYWORDS}.{name}", language, told)


def _meanings(named: Mapping[str, tuple[str, ...]]) -> Mapping[str, str]:
    plain = ((name, words) for name, words in named.items() if not name.startswith(NARROW))
    return {normalize(word): name for name, words in plain for word in words}


def _meaning(name: str) -> Code | Sentence:
    """Lists have names; what stands in the grammar is a word of sentences."""
    is_list = name in Intent.__members__ or name in OTHERS or name.startswith(NARROW)
    return Code("intent", name) if is_list else Sentence("in_sentences", kind=name)


def _told(error: ScriptError) -> Sentence:
    if not isinstance(error, TwoMeanings):
        return Sentence("as_it_is", words=error)
    if error.one == error.other:
        return Sentence("twice", word=error.word, meaning=_meaning(error.one))
    both = {"one": _meaning(error.one), "other": _meaning(error.other)}
    return Sentence("two_meanings", word=error.word, **both)


def _error(rule: str, key: str, language: Language, words: Sentence) -> Finding:
    return Finding(Severity.ERROR, rule, key, language, words)

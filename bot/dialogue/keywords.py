"""The layers that look for one keyword in the whole text: exact, courtesy peeled, typo."""

from bot.dialogue.lexicon import Token
from bot.dialogue.reading import Reading
from bot.dialogue.vocabulary import Entry, Intent, Vocabulary
from bot.text import language as languages
from bot.text import romaji
from bot.text.language import Language
from bot.text.sentences import Sentence, asks

# What politeness may leave around a keyword.
COURTESY = frozenset({"filler", "please", "want"})
_CASES = "をでの"
LONGEST_TYPO = 20
LONGEST_COURTESY = 80
# A shorter Latin word one slip away from a STOP may be another word: the person is asked.
SHORTEST_CERTAIN = 5


def exact(text: str, form: str, vocabulary: Vocabulary) -> Reading | None:
    """The text is a keyword."""
    entry = vocabulary.entry(form)
    return _reading("exact", entry, text, form) if entry else None


def peeled(text: str, form: str, cores: list[str], vocabulary: Vocabulary) -> Reading | None:
    """The text is a keyword and courtesy."""
    for core in cores:
        if entry := vocabulary.entry(core):
            return _reading("courtesy", entry, text, form)
    return None


def misspelt(text: str, form: str, cores: list[str], vocabulary: Vocabulary) -> Reading | None:
    """The text is, courtesy apart, one slip away from a keyword, or a keyword in romaji."""
    for core in cores:
        if len(core) > LONGEST_TYPO:
            continue
        if found := vocabulary.entry(romaji.to_kana(core)) if core.isascii() else None:
            return _reading("romaji", found, text, form)
        if found := _near(core, vocabulary):
            unsure = core.isascii() and len(core) < SHORTEST_CERTAIN
            unsure = unsure and found.intent is Intent.STOP
            return _reading("typo", found, text, form, unsure=unsure)
    return None


def _near(core: str, vocabulary: Vocabulary) -> Entry | None:
    """A neighbour of a word that is not itself a word."""
    if any(core in lexicon.kinds for lexicon in vocabulary.lexicons.values()):
        return None
    return vocabulary.near(core)


def cores(sentence: Sentence, vocabulary: Vocabulary) -> list[str]:
    """What is left of a sentence when the courtesy around it is taken off, in each language."""
    found: list[str] = []
    if len(sentence.text) > LONGEST_COURTESY:
        return found
    for lexicon in vocabulary.lexicons.values():
        tokens = list(lexicon.tokens(sentence.text))
        while tokens and tokens[0].kind == "filler":
            tokens.pop(0)
        end = len(sentence.text)
        while tokens and _is_courtesy(tokens[-1]):
            end = tokens.pop().start
        if tokens:
            core = sentence.text[tokens[0].start : end].strip(" ,、・-")
            found += [core, core.rstrip(_CASES)]
    return [core for core in dict.fromkeys(found) if core]


def _is_courtesy(token: Token) -> bool:
    return token.kind in COURTESY or token.word in _CASES


def _reading(layer: str, entry: Entry, text: str, form: str, unsure: bool = False) -> Reading:
    trace = {"layer": layer, "rule": f"keyword {entry.intent}", "words": entry.word, "form": form}
    doubtful = unsure or (entry.intent in {Intent.YES, Intent.NO} and asks(text))
    return Reading(entry.intent, form, _language(text, entry), clarify=doubtful, trace=trace)


def _language(text: str, entry: Entry) -> Language | None:
    """The language of a keyword; full-width Latin letters come from a Japanese keyboard."""
    if languages.detect(text) is Language.JA:
        return Language.JA
    return next(iter(entry.languages)) if len(entry.languages) == 1 else None

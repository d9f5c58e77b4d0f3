"""From a text to its reading: which intent, in which language, and why.

The layers, each asked only where the one before it said nothing: exact keyword, politeness peeled,
sentence, typo, statistics, safety net.
"""

from bot.dialogue import english, japanese
from bot.dialogue.reading import Reading
from bot.dialogue.rules import Finding, Weight
from bot.dialogue.vocabulary import Entry, Intent, Vocabulary, squash
from bot.text import language as languages
from bot.text.language import Language
from bot.text.normalize import normalize
from bot.text.quoting import is_reaction, unquoted
from bot.text.sentences import Sentence, asks, sentences

__all__ = ["Reading", "understand"]

GRAMMARS = {Language.JA: japanese.GRAMMAR, Language.EN: english.GRAMMAR}
# What politeness may leave around a keyword.
COURTESY = frozenset({"filler", "please", "want"})


def understand(text: str, vocabulary: Vocabulary) -> Reading:
    """Read a text without its context; never raises, whatever the text."""
    form = normalize(text)
    if entry := vocabulary.entry(form):
        return _keyword("exact", entry, text, form)
    if not form:
        return _wordless(text)
    if is_reaction(text):
        trace = {"layer": "quoting", "rule": "a reaction to a message of ours", "form": form}
        return Reading(Intent.OTHER, form, languages.detect(text), trace=trace)
    parts = sentences(unquoted(text))
    if len(parts) == 1 and (entry := _peeled(parts[0], vocabulary)):
        return _keyword("courtesy", entry, text, form)
    return _composed(parts, text, form, vocabulary)


def _keyword(layer: str, entry: Entry, text: str, form: str) -> Reading:
    trace = {"layer": layer, "rule": f"keyword {entry.intent}", "words": entry.word, "form": form}
    doubtful = entry.intent in {Intent.YES, Intent.NO} and asks(text)
    return Reading(entry.intent, form, _language(text, entry), clarify=doubtful, trace=trace)


def _language(text: str, entry: Entry) -> Language | None:
    """The language of a keyword; full-width Latin letters come from a Japanese keyboard."""
    if languages.detect(text) is Language.JA:
        return Language.JA
    return next(iter(entry.languages)) if len(entry.languages) == 1 else None


def _wordless(text: str) -> Reading:
    """A lone question mark calls for help; other signs say nothing."""
    if asks(text):
        return Reading(Intent.HELP, "", None, trace={"layer": "exact", "rule": "question mark"})
    return Reading(Intent.OTHER, "", None, trace={"layer": "none", "form": ""})


def _peeled(sentence: Sentence, vocabulary: Vocabulary) -> Entry | None:
    """The keyword that is left when courtesy around it is taken off."""
    for language in _languages(sentence):
        if lexicon := vocabulary.lexicons.get(language):
            tokens = list(lexicon.tokens(sentence.text))
            while tokens and tokens[0].kind == "filler":
                tokens.pop(0)
            while tokens and tokens[-1].kind in COURTESY:
                tokens.pop()
            if tokens and (entry := vocabulary.entry("".join(token.word for token in tokens))):
                return entry
    return None


def _languages(sentence: Sentence) -> list[Language]:
    """The grammars to ask; romaji is Japanese in Latin letters."""
    if not sentence.japanese:
        return [Language.EN, Language.JA]
    return [Language.JA, Language.EN] if sentence.latin else [Language.JA]


def _composed(
    parts: tuple[Sentence, ...], text: str, form: str, vocabulary: Vocabulary
) -> Reading:
    findings = _findings(parts, vocabulary)
    best = _best(findings)
    back = form in vocabulary.back
    if best is None:
        trace = {"layer": "none", "form": form}
        return Reading(Intent.OTHER, form, languages.detect(text), back=back, trace=trace)
    trace = {"layer": "sentence", "rule": best.rule, "words": best.words, "form": form}
    return Reading(
        best.intent, form, languages.detect(text), clarify=best.clarify, back=back, trace=trace
    )


def _findings(parts: tuple[Sentence, ...], vocabulary: Vocabulary) -> list[Finding]:
    """What the first grammar says that knows the words."""
    whole = Sentence(" ".join(part.text for part in parts))
    for language in _languages(whole):
        if lexicon := vocabulary.lexicons.get(language):
            found = GRAMMARS[language].read(lexicon.tokens(part.text) for part in parts)
            if found:
                return found
    return []


def _best(findings: list[Finding]) -> Finding | None:
    said = [finding for finding in findings if finding.weight > Weight.NOTHING]
    best = max(said, key=lambda finding: finding.weight, default=None)
    return best

"""From a text to its reading: which intent, in which language, and why.

The layers, each asked only where the one before it said nothing: exact keyword, courtesy peeled,
sentence, typo, statistics, amount.
"""

from dataclasses import replace

from bot.dialogue import english, japanese, keywords
from bot.dialogue.reading import Reading
from bot.dialogue.rules import CANNOT_PAY, Finding, Weight
from bot.dialogue.vocabulary import Intent, Vocabulary
from bot.text import amounts, dates, romaji
from bot.text import language as languages
from bot.text.language import Language
from bot.text.normalize import LONGEST, normalize
from bot.text.quoting import is_reaction, unquoted
from bot.text.sentences import Sentence, asks, sentences, telling

__all__ = ["Reading", "understand"]

ABOUT_PAYING = frozenset({Intent.PROMISE, Intent.PAID, Intent.PAY})
# How likely a reading by statistics must be; answers and START need words that are certain.
GUESSED: dict[str, float] = {
    Intent.STOP: 0.97,
    Intent.HELP: 0.9,
    Intent.BALANCE: 0.9,
    Intent.PAY: 0.9,
    Intent.AGENT: 0.9,
    Intent.WRONG: 0.9,
    Intent.PROMISE: 0.9,
    Intent.PAID: 0.9,
}
GRAMMARS = {Language.JA: japanese.GRAMMAR, Language.EN: english.GRAMMAR}


def understand(text: str, vocabulary: Vocabulary) -> Reading:
    """Read a text without its context; never raises, whatever the text."""
    reading = _understand(text, vocabulary)
    if reading.hardship or reading.intent is Intent.OTHER:
        reading = _offering(reading, text)
    if reading.intent in {Intent.OTHER, Intent.PAY} and vocabulary.is_browserless(reading.form):
        reading = _browserless(reading, text)
    about_paying = reading.intent in ABOUT_PAYING or reading.hardship
    return _with_values(reading, text) if about_paying else reading


def _offering(reading: Reading, text: str) -> Reading:
    """Who offers a part of what is due wants to pay it, whatever else they cannot."""
    if reading.back or not amounts.offered(telling(text)):
        return reading
    trace = {"layer": "amount", "rule": "offers a part", "form": reading.form}
    return Reading(Intent.PAY, reading.form, languages.detect(text), trace=trace)


def _browserless(reading: Reading, text: str) -> Reading:
    """Who cannot open the page, and asks for nothing else, wants to pay without it."""
    trace = {"layer": "words", "rule": "cannot open a page", "form": reading.form}
    language = languages.detect(text)
    return Reading(Intent.PAY, reading.form, language, browserless=True, trace=trace)


def _with_values(reading: Reading, text: str) -> Reading:
    short = telling(text)
    day, amount = dates.parse(short), amounts.parse(short)
    named = {"day": day.words if day else "", "amount": str(amount or "")}
    trace = {**reading.trace, **{name: words for name, words in named.items() if words}}
    return replace(reading, day=day, amount=amount, trace=trace)


def _understand(text: str, vocabulary: Vocabulary) -> Reading:
    form = normalize(text)
    if reading := keywords.exact(text, form, vocabulary):
        return reading
    if not form:
        return _wordless(text)
    short = telling(text[:LONGEST])
    if is_reaction(short):
        return _other(text, form, "quoting", "a reaction to a message of ours")
    parts = sentences(unquoted(short))
    alone = len(parts) == 1 and not parts[0].question
    cores = keywords.cores(parts[0], vocabulary) if alone else []
    return (
        keywords.peeled(text, form, cores, vocabulary)
        or _composed(parts, text, form, vocabulary)
        or keywords.misspelt(text, form, cores, vocabulary)
        or _guessed(text, form, vocabulary)
        or _nothing(text, form, vocabulary)
    )


def _wordless(text: str) -> Reading:
    """A lone question mark calls for help; other signs say nothing."""
    if asks(text):
        trace = {"layer": "exact", "rule": "a question mark", "form": ""}
        return Reading(Intent.HELP, "", None, trace=trace)
    return _other(text, "", "none", "no words")


def _other(text: str, form: str, layer: str, rule: str) -> Reading:
    trace = {"layer": layer, "rule": rule, "form": form}
    return Reading(Intent.OTHER, form, languages.detect(text), trace=trace)


def _guessed(text: str, form: str, vocabulary: Vocabulary) -> Reading | None:
    """What the statistical layer is sure of; a STOP by statistics alone is always asked back."""
    if vocabulary.model is None or form in vocabulary.back:
        return None
    guess = vocabulary.model.guess(form)
    if guess.label not in GUESSED or guess.probability < GUESSED[guess.label]:
        return None
    intent = Intent(guess.label)
    words = " ".join(guess.features)
    rule = f"likely {intent} ({guess.probability:.0%})"
    trace = {"layer": "statistics", "rule": rule, "words": words, "form": form}
    doubtful = intent is Intent.STOP
    return Reading(intent, form, languages.detect(text), clarify=doubtful, trace=trace)


def _nothing(text: str, form: str, vocabulary: Vocabulary) -> Reading:
    trace = {"layer": "none", "form": form}
    back = form in vocabulary.back
    return Reading(Intent.OTHER, form, languages.detect(text), back=back, trace=trace)


def _composed(
    parts: tuple[Sentence, ...], text: str, form: str, vocabulary: Vocabulary
) -> Reading | None:
    """What the sentences say, the strongest finding first."""
    findings = _findings(parts, vocabulary)
    if vocabulary.names_lawyer(form):  # who may be written to is then the lawyer's to say
        findings = [finding for finding in findings if finding.intent is not Intent.START]
    best = max(findings, key=lambda finding: finding.weight, default=None)
    if best and best.weight is Weight.WISH and len(parts) == 1 and parts[0].question:
        best = replace(best, weight=Weight.DOUBT)
    if best is None:
        return None
    also = _also(findings, best)
    trace = {"layer": "sentence", "rule": best.rule, "words": best.words, "form": form}
    if also:
        trace["also"] = ", ".join(also)
    language = languages.detect(text)
    back = form in vocabulary.back
    hardship = best.rule == CANNOT_PAY and not vocabulary.names_lawyer(form)
    return Reading(
        best.intent, form, language, best.clarify, back, also, hardship=hardship, trace=trace
    )


def _also(findings: list[Finding], best: Finding) -> tuple[Intent, ...]:
    """What else the text wants."""
    said = (finding.intent for finding in findings if finding.weight >= Weight.TOPIC)
    return tuple(intent for intent in dict.fromkeys(said) if intent is not best.intent)


def _findings(parts: tuple[Sentence, ...], vocabulary: Vocabulary) -> list[Finding]:
    """What the first grammar says that knows the words; romaji is Japanese in Latin letters."""
    for language, texts in _tries(parts):
        if lexicon := vocabulary.lexicons.get(language):
            found = GRAMMARS[language].read(lexicon.tokens(text) for text in texts)
            if found:
                return found
    return []


def _tries(parts: tuple[Sentence, ...]) -> list[tuple[Language, list[str]]]:
    texts = [part.text for part in parts]
    if any(part.japanese for part in parts):
        mixed = any(part.latin for part in parts)
        return [(Language.JA, texts), *([(Language.EN, texts)] if mixed else [])]
    kana = [romaji.to_kana(text) for text in texts if romaji.looks_like_it(text)]
    typed = [text for text in texts if len(text) <= romaji.LONGEST]
    return [(Language.EN, texts), (Language.JA, kana), (Language.JA, typed)]

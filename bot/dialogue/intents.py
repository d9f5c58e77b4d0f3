"""From a text to its reading: which intent, in which language, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.dialogue.vocabulary import Entry, Intent, Vocabulary
from bot.text import language as languages
from bot.text.language import Language
from bot.text.normalize import normalize


@dataclass(frozen=True)
class Reading:
    """The best reading of a text.

    `clarify` is true where the bot must ask back instead of acting on the intent. `language` is
    that of the word or of the script it is written in, None where the text does not tell. `back`
    marks the words that lead out of a question. `trace` says which layer and rule spoke and which
    words matched.
    """

    intent: Intent
    form: str
    language: Language | None
    clarify: bool = False
    back: bool = False
    trace: Mapping[str, str] = field(default_factory=dict)


def understand(text: str, vocabulary: Vocabulary) -> Reading:
    """Read a text without its context; never raises, whatever the text."""
    form = normalize(text)
    entry = vocabulary.entries.get(form)
    if entry is None:
        trace = {"layer": "none", "form": form}
        back = form in vocabulary.back
        return Reading(Intent.OTHER, form, languages.detect(text), back=back, trace=trace)
    trace = {"layer": "exact", "rule": f"keyword {entry.intent}", "words": entry.word, "form": form}
    return Reading(entry.intent, form, _language(text, entry), trace=trace)


def _language(text: str, entry: Entry) -> Language | None:
    """The language of a keyword; full-width Latin letters come from a Japanese keyboard."""
    if languages.detect(text) is Language.JA:
        return Language.JA
    return next(iter(entry.languages)) if len(entry.languages) == 1 else None

"""What is known of a line of somebody's record, in words: each fact's name and its value."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.compliance import proof_page
from bot.overview.record import Kind, Line
from bot.text.language import Language
from console import reasons
from console.screens import moment, told

# By which kind of word a code is told.
WORDS: Mapping[str, str] = {
    "status": "delivery",
    "delivery_status": "delivery",
    "was": "delivery",
    "act": "outbox_act",
    "intent": "intent",
    "message_class": "class",
    "purpose": "purpose",
    "verdict": "verdict",
    "hold": "hold",
    "consent": "consent",
    "method": "method",
    "step": "step",
}
SENTENCES = frozenset({"rule", "reason", "error", "exemption"})
MOMENTS = frozenset({"sent_at", "until"})


def in_words(language: Language, line: Line) -> list[tuple[str, str]]:
    """The facts of a line, in its order; those within facts are told one after another."""
    return [
        (told(language, "fact", name), _value(language, line.kind, name, value))
        for name, value in line.facts.items()
    ]


def _value(language: Language, kind: Kind, name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(_within(language, name, value))
    if name == "verdict_reasons":
        return ", ".join(reasons.told(language, each["words"]).words for each in value)
    if name in MOMENTS:
        return moment(datetime.fromisoformat(value), language)
    if name in SENTENCES:
        return reasons.told(language, value).words
    words = "heard" if (kind, name) == (Kind.HEARD, "status") else WORDS.get(name)
    return told(language, words, str(value)) if words else str(value)


def _within(language: Language, name: str, value: Mapping[str, Any]) -> Iterator[str]:
    fields = proof_page.words_of(language)["field"]
    for each, content in value.items():
        if name == "trace":
            yield f"{told(language, 'trace', each)} {reasons.told(language, content).words}"
        else:
            yield f"{fields.get(each, each)} {content}"

"""What keeps unsolicited messages from a person, and the texts that call for it."""

from enum import StrEnum

from bot.dialogue.intents import Reading
from bot.dialogue.vocabulary import Intent, Vocabulary


class HoldKind(StrEnum):
    """Why unsolicited messages wait."""

    PROMISE = "promise"
    LAWYER = "lawyer"
    WRONG_PERSON = "wrong_person"
    STOP_QUESTION = "stop_question"
    FAILURES = "failures"
    NO_TEXTS = "no_texts"
    HARDSHIP = "hardship"
    SAYS_PAID = "says_paid"

    @property
    def words(self) -> str:
        """The kind in words, for a verdict."""
        return _WORDS[self]


_WORDS = {
    HoldKind.PROMISE: "a promise to pay",
    HoldKind.LAWYER: "a lawyer or insolvency was named",
    HoldKind.WRONG_PERSON: "the number belongs to somebody else",
    HoldKind.STOP_QUESTION: "an unanswered question whether to stop",
    HoldKind.FAILURES: "too many messages failed",
    HoldKind.HARDSHIP: "the person says that they cannot pay",
    HoldKind.SAYS_PAID: "the person says that they have paid",
    HoldKind.NO_TEXTS: "no text reaches the number",
}


def called_for(reading: Reading, vocabulary: Vocabulary) -> tuple[HoldKind, str] | None:
    """The hold that a text calls for, and the words that do; None for any other text."""
    if word := vocabulary.names_lawyer(reading.form):
        return HoldKind.LAWYER, word
    if reading.intent is Intent.WRONG and not reading.clarify:
        return HoldKind.WRONG_PERSON, reading.trace.get("rule", "wrong person")
    return None

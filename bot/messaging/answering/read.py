"""What a text means, beside what the carrier took it for and has already answered."""

from dataclasses import dataclass, replace

from bot.dialogue.decision import Heard
from bot.dialogue.intents import Reading, understand
from bot.dialogue.vocabulary import Intent, Vocabulary


@dataclass(frozen=True)
class Text:
    """A text and its reading; `narrow` is the one purpose that it stops, if it stops one."""

    heard: Heard
    reading: Reading
    narrow: str | None = None

    @property
    def numbers(self) -> tuple[str, str]:
        """Our number and theirs."""
        return self.heard.recipient, self.heard.sender

    @property
    def stops(self) -> bool:
        """Whether it surely is a STOP, which is answered before all else."""
        return self.reading.intent is Intent.STOP and not self.reading.clarify

    @property
    def ends_messages(self) -> bool:
        """Whether it surely stops something, be it one purpose: then it waits for what leaves."""
        return self.stops or self.narrow is not None


def read(heard: Heard, vocabulary: Vocabulary) -> Text:
    """Read a text; what the carrier took for a STOP stops everything."""
    reading = understand(heard.text, vocabulary)
    if heard.carrier is None:
        if narrow := vocabulary.narrow.get(reading.form):
            return Text(heard, _of_one_purpose(reading, narrow), narrow)
        return Text(heard, reading)
    if heard.carrier is reading.intent:
        return Text(heard, reading)
    trace = {"layer": "carrier", "rule": f"OptOutType {heard.carrier}", "form": reading.form}
    return Text(heard, Reading(heard.carrier, reading.form, reading.language, trace=trace))


def _of_one_purpose(reading: Reading, purpose: str) -> Reading:
    """A stop of one purpose is no STOP, whatever the grammar reads in its words."""
    trace = {"layer": "exact", "rule": f"keyword stop {purpose}"}
    return replace(reading, intent=Intent.OTHER, clarify=False, trace=trace)

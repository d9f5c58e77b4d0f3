"""How well a labelled file is understood: recall per intent, false opt-outs, every miss."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.dialogue.intents import understand
from bot.dialogue.reading import Reading
from bot.dialogue.vocabulary import Intent, Vocabulary

# Names that labelled files use for what the bot calls otherwise.
SYNONYMS = {"HUMAN": "AGENT", "CANCEL_CONTRACT": "AGENT", "UNKNOWN": "OTHER"}
# The label of texts where asking back, or any safe reading but a certain stop, is right.
ASK = "ASK"


@dataclass(frozen=True)
class Labelled:
    """One row of a labelled file: the intent a person gave the text, or ASK."""

    label: str
    text: str


@dataclass(frozen=True)
class Scored:
    """One row and how it was read."""

    row: Labelled
    reading: Reading

    @property
    def acted_as_stop(self) -> bool:
        return self.reading.intent is Intent.STOP and not self.reading.clarify

    @property
    def right(self) -> bool:
        """Whether the reading is the label's; a doubt about a STOP is not yet right."""
        if self.row.label == ASK:
            doubt = self.reading.clarify or self.reading.intent not in {Intent.YES, Intent.NO}
            return doubt and not self.acted_as_stop
        return self.reading.intent == self.row.label and not self.reading.clarify


@dataclass(frozen=True)
class Score:
    """The result for one file."""

    rows: tuple[Scored, ...]

    @property
    def misses(self) -> tuple[Scored, ...]:
        return tuple(row for row in self.rows if not row.right)

    @property
    def false_stops(self) -> tuple[Scored, ...]:
        return tuple(r for r in self.rows if r.acted_as_stop and r.row.label != Intent.STOP)

    @property
    def stops_acted_or_asked(self) -> int:
        """How many certain stops were obeyed or at least asked back."""
        return sum(
            r.row.label == Intent.STOP and r.reading.intent is Intent.STOP for r in self.rows
        )

    def recall(self) -> dict[str, tuple[int, int]]:
        """How many rows of each label were right, of how many."""
        total = Counter(row.row.label for row in self.rows)
        right = Counter(row.row.label for row in self.rows if row.right)
        return {label: (right[label], total[label]) for label in sorted(total)}


def parse(lines: Iterable[str]) -> list[Labelled]:
    """Rows `LABEL<TAB>text`; "\\n" in a text is a line break, "#" begins a comment line."""
    rows = []
    for line in lines:
        label, tab, text = line.rstrip("\n").partition("\t")
        if tab and not label.startswith("#"):
            text = text.replace("\\n", "\n")
            rows.append(Labelled(SYNONYMS.get(label, label), text))
    return rows


def score(rows: Iterable[Labelled], vocabulary: Vocabulary) -> Score:
    """Read every text and compare."""
    return Score(tuple(Scored(row, understand(row.text, vocabulary)) for row in rows))


def report(found: Score) -> Iterator[str]:
    """Lines for a person: the figures, then every false stop and every other miss."""
    for label, (right, total) in found.recall().items():
        yield f"{label:8} {right}/{total}"
    stops = found.recall().get(Intent.STOP, (0, 0))[1]
    yield f"stops obeyed or asked back: {found.stops_acted_or_asked}/{stops}"
    yield f"false opt-outs: {len(found.false_stops)}/{len(found.rows) - stops}"
    for row in found.misses:
        mark = "FALSE OPT-OUT" if row in found.false_stops else "miss"
        asked = "?" if row.reading.clarify else ""
        why = row.reading.trace.get("rule", "no rule")
        text = row.row.text.replace("\n", "\\n")
        yield f"{mark}: {text} is {row.row.label}, read as {row.reading.intent}{asked} ({why})"

"""All that a run left behind, as plain values: what the carrier saw, and what the tables say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property


@dataclass(frozen=True)
class Exchange:
    """One request of the carrier to the bot, in Unix seconds; `answer` 0 means that none came, -1
    that the carrier did not hear it."""

    began: float
    ended: float
    answer: int

    @property
    def accepted(self) -> bool:
        """Whether the bot took it."""
        return 200 <= self.answer < 300


@dataclass(frozen=True)
class Knock:
    """What a stranger posted, the answers that are right, and what came of it."""

    what: str
    answers: frozenset[int]
    exchange: Exchange


@dataclass(frozen=True)
class Inbound:
    """A text from a person, and each time that the carrier brought it."""

    sid: str
    number: str
    body: str
    exchanges: tuple[Exchange, ...] = ()

    @property
    def posted(self) -> float | None:
        """When it was first brought."""
        return min((one.began for one in self.exchanges), default=None)

    @property
    def taken(self) -> float | None:
        """When the bot first said that it has it; None for never."""
        return min((one.ended for one in self.exchanges if one.accepted), default=None)


@dataclass(frozen=True)
class Report:
    """One status callback that the carrier made."""

    status: str
    exchange: Exchange


@dataclass(frozen=True)
class Accepted:
    """A message that the carrier accepted, in its order; `message` is our id in its callback
    address. `asked` is when the request came in."""

    sid: str
    number: str
    body: str
    message: int | None
    asked: float
    status: str
    reports: tuple[Report, ...] = ()


@dataclass(frozen=True)
class Kept:
    """A row of the inbound messages, kept `at` a moment (Unix seconds). `written_at` is given where
    the carrier's list told of it and not its webhook."""

    id: int
    sid: str
    number: str
    status: str
    overtaken: bool = False
    at: float = 0.0
    written_at: datetime | None = None


@dataclass(frozen=True)
class Row:
    """A row of the outbound messages; `inbound` is the id of the text that it answers."""

    id: int
    number: str
    inbound: int | None
    body: str
    key: str
    message_class: str
    status: str
    attempts: int = 1
    reason: str = ""
    delivery_status: str | None = None
    sid: str | None = None


@dataclass(frozen=True)
class Answer:
    """What a calm Henji says to a text: each reply's script key and body, without what changes from
    day to day. `stops` says that this text stopped everything."""

    replies: tuple[tuple[str, str], ...] = ()
    stops: bool = False


@dataclass(frozen=True)
class Standing:
    """Where somebody stands: the conversation's state, and the steps in the ledger."""

    state: tuple[object, ...] = ()
    steps: tuple[tuple[object, ...], ...] = ()


@dataclass(frozen=True)
class Window:
    """When a fault lasted, in Unix seconds."""

    fault: str
    began: float
    ended: float


@dataclass(frozen=True)
class History:
    """One run. `expected` is by SID and `calm` by number what a calm Henji answers and keeps.

    `asked` counts the requests to send a message, by our id. `refused` are the numbers that the
    network refuses, `payers` those that may have paid what they owe, `paid` those whose payment the
    gateway told us of. `knocks` are those of strangers; the texts in `odd` are genuine, but
    from senders that nobody can answer. `wrong` is what else was seen to be wrong;
    `same_words` says that all replies were written by one version.
    """

    texts: Sequence[Inbound] = ()
    accepted: Sequence[Accepted] = ()
    asked: Mapping[int, int] = field(default_factory=dict)
    kept: Sequence[Kept] = ()
    rows: Sequence[Row] = ()
    standings: Mapping[str, Standing] = field(default_factory=dict)
    expected: Mapping[str, Answer] = field(default_factory=dict)
    calm: Mapping[str, Standing] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    payers: frozenset[str] = frozenset()
    paid: frozenset[str] = frozenset()
    windows: Sequence[Window] = ()
    knocks: Sequence[Knock] = ()
    odd: frozenset[str] = frozenset()
    wrong: Sequence[str] = ()
    same_words: bool = True

    @cached_property
    def text_of(self) -> Mapping[int, Inbound]:
        """What the carrier knows of a kept text, by our id."""
        known = {text.sid: text for text in self.texts}
        return {one.id: known[one.sid] for one in self.kept if one.sid in known}

    @cached_property
    def row_of(self) -> Mapping[int, Row]:
        """Our row of a message, by our id."""
        return {row.id: row for row in self.rows}

    @cached_property
    def well(self) -> Sequence[float]:
        """When requests came that were taken, in order."""
        texts = (one for text in self.texts for one in text.exchanges)
        reports = (report.exchange for sent in self.accepted for report in sent.reports)
        return sorted(one.began for one in (*texts, *reports) if one.accepted)

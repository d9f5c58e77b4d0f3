"""Every text is kept and answered as a calm Henji would, once, in order, to whom it belongs."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from chaos import poison
from chaos.checks.violation import Violation
from chaos.history import History, Inbound, Kept, Row
from chaos.twin import blotted

Replies = tuple[tuple[str, str], ...]

OPEN = ("queued", "sending", "unknown")


def lost_texts(history: History) -> Iterator[Violation]:
    """What the carrier had for us, we have, once, and not unanswered: from its webhook, or where
    none came through, from its list."""
    count = Counter(one.sid for one in history.kept)
    for text in history.texts:
        if not count[text.sid]:
            how = "taken but not kept" if text.taken is not None else "never taken in"
            yield Violation("lost", f"text {text.sid} was {how}", text.number)
    for one in history.kept:
        if count[one.sid] > 1:
            yield Violation("doubled", f"text {one.sid} is kept twice", one.number)
        if one.status == "waiting":
            yield Violation("stuck", f"text {one.id} is still not answered", one.number)
        elif one.status != "answered" and not _may_fail(one, history):
            yield Violation("lost", f"text {one.id} was given up: {one.status}", one.number)


def _may_fail(kept: Kept, history: History) -> bool:
    """Those that break a flow, and those of strangers, are for other checks."""
    text = history.text_of.get(kept.id)
    return text is None or (kept.status == "failed" and text.body == poison.WORD)


def wrong_answers(history: History) -> Iterator[Violation]:
    """Each text has exactly the replies that a calm Henji gives, in the tables."""
    rows: dict[int | None, list[Row]] = defaultdict(list)
    for row in history.rows:
        rows[row.inbound].append(row)
    for one in history.kept:
        if one.number in history.refused or not _is_answered(one, history):
            continue
        expected = () if one.overtaken else history.expected[one.sid].replies
        given = tuple((row.key, blotted(row.body)) for row in rows[one.id])
        if not _is_the_same(given, expected, history):
            kind = _kind(len(given), len(expected))
            words = f"text {one.id} is answered by {_keys(given)}, when calm by {_keys(expected)}"
            yield Violation(kind, words, one.number)


def _is_the_same(given: Replies, expected: Replies, history: History) -> bool:
    if history.same_words:
        return given == expected
    return [key for key, _ in given] == [key for key, _ in expected]


def _is_answered(kept: Kept, history: History) -> bool:
    return kept.status == "answered" and kept.id in history.text_of


def _keys(replies: Iterable[tuple[str, str]]) -> str:
    return " and ".join(key for key, _ in replies) or "nothing"


def _kind(given: int, expected: int) -> str:
    if given == expected:
        return "wrong"
    return "lost" if given < expected else "doubled"


def lost_replies(history: History) -> Iterator[Violation]:
    """Each reply reached the carrier, unless somebody stopped or the network refuses them."""
    accepted = {one.message for one in history.accepted}
    stops = _stops(history)
    for row in history.rows:
        if row.id in accepted or _may_be_missing(row, history, stops):
            continue
        kind = "stuck" if row.status in OPEN else "lost"
        words = f"message {row.id} never reached the carrier: {row.status}, {row.reason}"
        yield Violation(kind, words, row.number)


def _stops(history: History) -> dict[str, int]:
    """The last text of each number that stopped everything, by our id."""
    return {
        one.number: one.id
        for one in history.kept
        if one.sid in history.expected and history.expected[one.sid].stops
    }


def _may_be_missing(row: Row, history: History, stops: dict[str, int]) -> bool:
    if row.number in history.refused:
        return row.status in {"failed", "canceled"}
    if row.status == "canceled":
        return stops.get(row.number, 0) > (row.inbound or 0)
    # Money is never sent twice: where it is not sure, a person decides.
    return row.status == "parked" and row.message_class == "notice"


def doubled(history: History) -> Iterator[Violation]:
    """No message was accepted twice, and none that we know nothing of."""
    for message, count in Counter(one.message for one in history.accepted).items():
        row = history.row_of.get(message or 0)
        if row is None:
            yield Violation("unasked", f"{count} messages were sent that no row tells of")
        elif count > 1:
            yield Violation("doubled", f"message {row.id} was accepted {count} times", row.number)


def to_the_wrong_person(history: History) -> Iterator[Violation]:
    """What was accepted is what was written, for whom it was written."""
    for one in history.accepted:
        row = history.row_of.get(one.message or 0)
        if row and (row.number, row.body) != (one.number, one.body):
            words = f"message {row.id} was sent to somebody else, or with other words"
            yield Violation("misdirected", words, one.number)


def out_of_order(history: History) -> Iterator[Violation]:
    """Everybody got their messages in the order in which they were written."""
    sent: dict[str, list[int]] = defaultdict(list)
    for one in history.accepted:
        if one.message is not None and one.message not in sent[one.number]:
            sent[one.number].append(one.message)
    for number, messages in sent.items():
        for before, after in pairwise(messages):
            if before > after:
                yield Violation("disordered", f"message {before} came before {after}", number)


def texts_out_of_order(history: History) -> Iterator[Violation]:
    """A text that was brought after another had been taken is kept after it."""
    texts: dict[str, list[tuple[int, Inbound]]] = defaultdict(list)
    for message, text in history.text_of.items():
        texts[text.number].append((message, text))
    for number, mine in texts.items():
        for first_id, first in mine:
            for second_id, second in mine:
                if first_id > second_id and _came_before(first, second):
                    words = f"text {first_id} came before {second_id}"
                    yield Violation("disordered", words, number)


def _came_before(first: Inbound, second: Inbound) -> bool:
    if first.taken is None or second.posted is None:
        return False
    return first.taken < second.posted

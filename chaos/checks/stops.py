"""Nothing that was written before a stop leaves after the stop was answered."""

from collections import defaultdict
from collections.abc import Iterator

from chaos.checks.violation import Violation
from chaos.history import Accepted, History


def after_a_stop(history: History) -> Iterator[Violation]:
    """A message that answers an older text must have been on its way when the stop was answered.

    What answers the stop itself, or a text after it, is for the check of the answers.
    """
    stops: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for one in history.kept:
        text = history.text_of.get(one.id)
        expected = history.expected.get(one.sid)
        if text and text.taken is not None and expected and expected.stops and not one.overtaken:
            stops[one.number].append((one.id, text.taken))
    for sent in history.accepted:
        late = _late(sent, history, stops[sent.number])
        if late is not None:
            words = f"message {sent.message} was asked for {late:.2f} s after a stop was answered"
            yield Violation("after a stop", words, sent.number)


def _late(sent: Accepted, history: History, stops: list[tuple[int, float]]) -> float | None:
    row = history.row_of.get(sent.message or 0)
    if row is None or row.inbound is None:
        return None
    answered = [taken for stop, taken in stops if stop > row.inbound and taken < sent.asked]
    return sent.asked - min(answered) if answered else None

"""What the backlog means, in words: who should look at what."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from babel.dates import format_timedelta

from bot.doctor.finding import Finding, bad, good
from bot.messaging.sending.backlog import LOOK_BACK_DAYS, Backlog, Queue
from bot.text import mask

# A healthy bot answers in seconds.
LATE = timedelta(minutes=1)
MOST_NAMED = 5
LATELY = f"in the last {LOOK_BACK_DAYS} days"


def findings(backlog: Backlog) -> Iterator[Finding]:
    """Every queue and every kind of failure that holds something, or that all is well."""
    troubles = [*_people(backlog), *_texts(backlog), *_messages(backlog)]
    yield from map(bad, troubles)
    if not troubles:
        yield good(f"All texts and messages {LATELY} went their way, and nobody waits.")
    if ignored := backlog.inbound.get("ignored"):
        yield good(f"Texts {LATELY} from senders that cannot be answered: {ignored}.")


def _people(backlog: Backlog) -> Iterator[str]:
    if backlog.people.count:
        yield f"Conversations that wait for a person: {_waiting(backlog.people)}."

    if backlog.held.count:
        yield f"Conversations held by an open question about a stop: {_waiting(backlog.held)}."


def _texts(backlog: Backlog) -> Iterator[str]:
    if backlog.unrouted:
        total = sum(backlog.unrouted.values())
        numbers = [f"{mask.number(to)}: {count}" for to, count in backlog.unrouted.items()]
        yield f"Texts {LATELY} to numbers that are no sender here: {total} ({_named(numbers)})."
    if failed := backlog.inbound.get("failed"):
        yield f"Texts {LATELY} that a flow failed to answer: {failed}; see flow.failed in the log."
    if backlog.unanswered.oldest > LATE:
        yield f"Texts that wait for an answer: {_waiting(backlog.unanswered)}."


def _messages(backlog: Backlog) -> Iterator[str]:
    if backlog.unsent.oldest > LATE:
        yield f"Messages that wait to leave: {_waiting(backlog.unsent)}; is a worker running?"
    if failed := backlog.outbound.get("failed"):
        codes = [f"code {code or 'none'}: {count}" for code, count in backlog.failures.items()]
        yield f"Messages {LATELY} that could not be sent: {failed} ({_named(codes)})."
    if unknown := backlog.outbound.get("unknown"):
        yield f"Messages {LATELY} that perhaps left, being looked up: {unknown}."
    if parked := backlog.outbound.get("parked"):
        decide = "for a person to decide on"
        yield f"Messages {LATELY} that perhaps left, {decide}: {parked}; see henji outbox list."


def _waiting(queue: Queue) -> str:
    return f"{queue.count}, the oldest for {format_timedelta(queue.oldest, locale='en')}"


def _named(parts: list[str]) -> str:
    return ", ".join([*islice(parts, MOST_NAMED), *(["…"] if len(parts) > MOST_NAMED else [])])

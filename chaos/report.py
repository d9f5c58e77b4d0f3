"""What a run showed, for the terminal and as Markdown: counts, faults, and what did not hold."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from bot.text import mask
from chaos.history import History, Window
from chaos.run import Outcome

MOST_SHOWN = 20
# What failed shortly before may explain.
BEFORE_S = 5

Event = tuple[float, str]


def lines(outcome: Outcome) -> Iterator[str]:
    """A run in Markdown."""
    plan, history = outcome.plan, outcome.history
    yield f"## Seed {plan.seed}: {_verdict(outcome)}"
    yield ""
    for name, value in _counts(outcome):
        yield f"- {name}: {value}"
    yield ""
    yield from _faults(outcome)
    if outcome.violations:
        yield from _violations(outcome, history)


def _verdict(outcome: Outcome) -> str:
    if not outcome.violations:
        return "everything held"
    kinds = Counter(one.kind for one in outcome.violations)
    found = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    return f"**{len(outcome.violations)} violations** ({found})"


def _counts(outcome: Outcome) -> Iterator[tuple[str, object]]:
    plan, history = outcome.plan, outcome.history
    taken = sum(one.taken is not None for one in history.texts)
    yield "texts", f"{len(history.texts)} of {len(plan.people)} people, {taken} taken"
    reports = sum(len(one.reports) for one in history.accepted)
    yield "messages accepted by the carrier", len(history.accepted)
    yield "requests to send", sum(history.asked.values())
    yield "status reports", reports
    yield "webhooks of strangers", len(history.knocks)
    statuses = Counter(row.status for row in history.rows)
    yield "messages in the end", _listed(statuses)
    yield "payments", f"{len(history.paid)} of {len(history.payers)} people who wanted to pay"
    kills = Counter(outcome.kills)
    at_post = f"{outcome.kills_at_post} at the moment of a POST"
    yield "processes killed", f"{kills.total()} ({_listed(kills)}), {at_post}"
    yield "restarts after an end of their own", _listed(Counter(outcome.restarts)) or "none"
    yield (
        "seconds of faults, and until all had settled",
        (f"{plan.seconds:.0f}, {outcome.settled_after:.0f}"),
    )


def _faults(outcome: Outcome) -> Iterator[str]:
    counts = Counter(window.fault for window in outcome.history.windows)
    yield f"Faults, {counts.total()} in all: {_listed(counts)}."
    yield ""
    for fault, count in sorted(outcome.not_run.items()):
        yield f"**Not run**, {count} times: {fault}."
        yield ""


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def _violations(outcome: Outcome, history: History) -> Iterator[str]:
    for one in outcome.violations[:MOST_SHOWN]:
        whose = f" ({mask.number(one.number)})" if one.number else ""
        yield f"### {one.kind}: {one.words}{whose}"
        yield ""
        if one.number:
            yield from (f"    {line}" for line in timeline(history, one.number))
            yield ""
    if (more := len(outcome.violations) - MOST_SHOWN) > 0:
        yield f"… and {more} more."
        yield ""


def timeline(history: History, number: str) -> Sequence[str]:
    """What happened in one person's conversation, in order of time, without their words."""
    events = [*_texts(history, number), *_messages(history, number)]
    if events:
        events += _around(history.windows, min(events)[0], max(events)[0])
    told = [f"{_clock(at)} {words}" for at, words in sorted(events)]
    return [*told, *_books(history, number)]


def _texts(history: History, number: str) -> Iterator[Event]:
    ids = {text.sid: message for message, text in history.text_of.items()}
    for text in history.texts:
        if text.number == number:
            name = f"text {ids.get(text.sid, '-')} {mask.text(text.body)}"
            yield from ((one.began, f"{name} brought") for one in text.exchanges)
            yield from ((one.ended, f"{name} answered {one.answer}") for one in text.exchanges)


def _messages(history: History, number: str) -> Iterator[Event]:
    for sent in history.accepted:
        if sent.number == number:
            name = f"message {sent.message} {mask.text(sent.body)}"
            yield sent.asked, f"{name} asked for, accepted as {sent.sid[-6:]}"
            for one in sent.reports:
                yield one.exchange.ended, f"{name} reported {one.status}: {one.exchange.answer}"


def _around(windows: Iterable[Window], since: float, until: float) -> Iterator[Event]:
    for window in windows:
        for at, what in ((window.began, "begins"), (window.ended, "ends")):
            if since - BEFORE_S < at < until + BEFORE_S:
                yield at, f"*{window.fault}* {what}"


def _books(history: History, number: str) -> Iterator[str]:
    for one in history.kept:
        if one.number == number:
            yield f"kept text {one.id}: {one.status}{', overtaken' if one.overtaken else ''}"
    for row in history.rows:
        if row.number == number:
            yield (
                f"row {row.id} to text {row.inbound}: {row.status}/{row.delivery_status},"
                f" {row.attempts} attempts {row.reason} {mask.text(row.body)}"
            )


def _clock(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%H:%M:%S.%f")[:-3]

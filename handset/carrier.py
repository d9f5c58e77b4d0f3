"""What the carrier does with a text: take it from the bot or from a phone, and plan its way."""

import time
from dataclasses import replace

from handset import errands, journal, messages
from handset.errands import Errand, Kind
from handset.faults import Fault, Faults
from handset.journal import Entry
from handset.messages import Draft, Message, Status
from handset.runtime import Runtime


def accept(runtime: Runtime, draft: Draft, asked: float, at_once: bool = False) -> Message:
    """Take a text from the bot, which asked for it at a moment (Unix seconds).

    It reaches the phone, and its reports the bot, step by step or all at once.
    """
    delay = 0.0 if at_once else runtime.settings.callback_delay_ms / 1000
    with runtime.store.transaction() as db:
        message = messages.insert(db, draft)
        errands.add(db, _way(message, delay, runtime.faults))
        journal.write(db, [_accepted(message, asked)])
    runtime.work.ring()
    runtime.news.ring()
    return message


def receive(runtime: Runtime, draft: Draft) -> Message:
    """Take a text from a phone and have it brought to the bot; a known SID is brought again."""
    with runtime.store.transaction() as db:
        known = messages.reopen(db, draft.sid) if draft.sid else None
        message = known or messages.insert(db, draft)
        errands.add(db, [Errand(Kind.INBOUND, message.sid, due=time.time())])
        if runtime.faults.strikes(Fault.INBOUND_TWICE):
            errands.add(db, [Errand(Kind.REPEAT, message.sid, due=time.time())])
    runtime.work.ring()
    runtime.news.ring()
    return message


def _accepted(message: Message, asked: float) -> Entry:
    callback = message.callback or ""
    return Entry(journal.CREATE, message.sid, callback, asked, message.created, 201)


def _way(message: Message, delay: float, faults: Faults) -> list[Errand]:
    last = Status.UNDELIVERED if faults.strikes(Fault.UNDELIVERED) else Status.DELIVERED
    steps = [
        Errand(Kind.STATUS, message.sid, status, message.created + number * delay)
        for number, status in enumerate([Status.QUEUED, Status.SENT, last])
    ]
    if message.callback is None:
        return steps
    return steps + troubled([replace(step, kind=Kind.CALLBACK) for step in steps], faults)


def troubled(reports: list[Errand], faults: Faults) -> list[Errand]:
    """The reports to be made of one thing, in order, after the faults of reporting struck."""
    if faults.strikes(Fault.CALLBACK_NEVER):
        return []
    if faults.strikes(Fault.CALLBACK_OUT_OF_ORDER):
        reports = _reversed(reports)
    if faults.strikes(Fault.CALLBACK_LATE):
        late = faults.plan.late_ms / 1000
        reports = [replace(report, due=report.due + late) for report in reports]
    return reports * 2 if faults.strikes(Fault.CALLBACK_TWICE) else reports


def _reversed(reports: list[Errand]) -> list[Errand]:
    """The last report at its own time and the others after it: none tells what is yet to come."""
    last = reports[-1].due
    return [replace(report, due=2 * last - report.due) for report in reversed(reports)]

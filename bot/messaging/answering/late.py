"""Texts that reached us late, by the provider's own list: whether they can still be answered."""

from datetime import datetime

from sqlalchemy import exists, func, select

from bot.compliance import opt_outs
from bot.dialogue.decision import Late
from bot.messaging.answering.work import Work
from bot.messaging.gate import FRESH
from bot.store.tables import inbound_messages

_inbound = inbound_messages.c


def lateness(work: Work) -> Late:
    """Whether a text came too late: an hour after it was written, or after a later text."""
    written_at: datetime | None = work.inbound.written_at
    if written_at is None:
        return Late.NO
    if work.row.now - written_at <= FRESH and not _spoke_since(work, written_at):
        return Late.NO
    started_at = opt_outs.started_at(work.connection, work.row.contact_id)
    return Late.OVERTAKEN if started_at and started_at > written_at else Late.YES


def _spoke_since(work: Work, written_at: datetime) -> bool:
    since = exists().where(
        _inbound.conversation_id == work.row.id,
        _inbound.id != work.inbound.id,
        func.coalesce(_inbound.written_at, _inbound.created_at) > written_at,
    )
    return bool(work.connection.execute(select(since)).scalar_one())

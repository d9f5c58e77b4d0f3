"""Texts that the provider received for us and that never reached us: taken in, in their order."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, bindparam, select

from bot.dialogue.decision import Heard
from bot.messaging import inbox
from bot.messaging.reconciling.pages import pages
from bot.providers import KeepsRecords, Recorded, Way
from bot.runtime import Runtime
from bot.store.session import AWAY, transact
from bot.store.tables import inbound_messages
from bot.text.storable import storable

# The webhook of a younger text may still be on its way: providers retry for 15 seconds.
GRACE = timedelta(minutes=1)

Going = Callable[[], bool]

log = structlog.get_logger(__name__)
_inbound = inbound_messages.c
_KEPT = select(_inbound.provider_sid).where(
    _inbound.provider == bindparam("provider"),
    _inbound.provider_sid.in_(bindparam("sids", expanding=True)),
)


def missed(
    runtime: Runtime, provider: KeepsRecords, number: str, since: datetime, until: datetime
) -> list[Recorded]:
    """The texts to a number of ours between two moments that we do not have, oldest first.

    Raises a SendError.
    """
    found: list[Recorded] = []
    for page in pages(provider, number, Way.IN, since):
        records = [one for one in page.records if one.created_at <= until and one.sender]
        kept = transact(runtime.engine, lambda it, page=records: _kept(it, runtime, page))  # type: ignore[misc]
        found += [one for one in records if one.sid not in kept]
    # Pages and records come newest first, and a stable sort keeps texts of one second in order.
    return sorted(reversed(found), key=lambda one: one.created_at)


def take_in(runtime: Runtime, texts: Iterable[Recorded], going: Going) -> int:
    """Hear texts as if they had come in just now, but for their age; how many were heard.

    One that fails is logged, and keeps no other from being heard.
    """
    heard = 0
    for text in texts:
        if not going():
            break
        try:
            inbox.hear(runtime, _heard(runtime, text))
            heard += 1
        except AWAY:
            raise
        except Exception:
            log.exception("missed.failed", text=text.sid)
    return heard


def _kept(connection: Connection, runtime: Runtime, records: Sequence[Recorded]) -> set[str]:
    asked = {"provider": runtime.provider.name, "sids": [one.sid for one in records]}
    return set(connection.execute(_KEPT, asked).scalars())


def _heard(runtime: Runtime, text: Recorded) -> Heard:
    return Heard(
        runtime.provider.name,
        text.sid,
        text.sender or "",
        text.recipient,
        storable(text.body),
        text.answered_as,
        text.created_at,
    )

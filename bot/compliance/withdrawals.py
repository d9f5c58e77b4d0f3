"""Whether somebody took consent back: what they agreed to before does not count any more."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, exists, select

from bot.dialogue.effects import Consent
from bot.store.tables import consent_events

_event = consent_events.c
_NO = (Consent.REFUSED, Consent.STOPPED)


def any_since(
    connection: Connection,
    contact_id: int,
    purposes: Iterable[str],
    moment: datetime | None = None,
) -> bool:
    """Whether the ledger holds a refusal or stop of any of the purposes, since a moment or ever."""
    found = exists().where(
        _event.contact_id == contact_id,
        _event.consent.in_(_NO),
        _event.purpose.is_(None) | _event.purpose.in_(list(purposes)),
    )
    if moment is not None:
        found = found.where(_event.created_at >= moment)
    return bool(connection.execute(select(found)).scalar_one())

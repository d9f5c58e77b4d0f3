"""Put a set of changes in force, at once or at a time, all or none; take one back."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, text, update

from bot import audit
from bot.audit import Act, Event
from bot.errors import ScriptRefused
from bot.scripts import drafts, published
from bot.scripts.drafts import Draft, State, sentence
from bot.scripts.edition import Edition
from bot.scripts.item import Changes, Content, Slot, as_shipped, intent_of, revision_of
from bot.scripts.sentence import Sentence, spoken
from bot.scripts.shipped import KEYWORDS
from bot.store.columns import utc_now
from bot.store.tables import script_publications, script_versions
from bot.text.language import Language

_publication = script_publications.c
_version = script_versions.c
_LOCK = zlib.crc32(b"henji scripts")


@dataclass(frozen=True)
class Publication:
    """Who publishes what, and why; `at` is None for now. It rests on an edition that was checked
    together with these changes."""

    publisher: str
    changes: Changes
    reason: str
    at: datetime | None = None
    author: str | None = None
    reviewer: str | None = None
    accepted: Mapping[str, str] | None = None
    draft_id: int | None = None
    undoes_id: int | None = None


def of_draft(draft: Draft, publisher: str, at: datetime | None = None) -> Publication:
    """The publication of a draft."""
    return Publication(
        publisher,
        draft.changes,
        draft.reason,
        at,
        draft.author,
        draft.reviewer if draft.state is State.APPROVED else None,
        draft.accepted,
        draft.id,
    )


def publish(connection: Connection, new: Publication, checked: Edition) -> int:
    """Put changes in force and return the publication's number.

    One at a time: who comes second waits, and is refused where what they checked is not in force
    any more. ScriptRefused too for a time that is past, and for a key that a publication of the
    future will change.
    """
    _alone(connection)
    if published.current(connection) != checked.publication:
        raise ScriptRefused(Sentence("published_meanwhile"))
    _refuse_timed(connection, new.changes)
    publication_id = _insert(connection, new)
    rows = [_row(publication_id, slot, new, checked) for slot in new.changes]
    connection.execute(insert(script_versions), rows)
    act = Act.SCRIPTS_TAKE_BACK if new.undoes_id else Act.SCRIPTS_PUBLISH
    subject = f"publication {publication_id}"
    audit.record(connection, Event(new.publisher, act, subject, reason=new.reason))
    if new.draft_id is not None:
        drafts.close(connection, new.draft_id)
    return publication_id


def taking_back(connection: Connection, number: int, who: str, reason: str) -> Publication:
    """The publication that takes one back: each of its keys says what it said before.

    ScriptRefused where a later publication changed one of them again: take that back first.
    """
    row = of_number(connection, number)
    if row.canceled_at is not None or row.effective_at > row.now:
        raise ScriptRefused(Sentence("not_in_force", publication=number))
    before: dict[Slot, Content] = {}
    for version in versions(connection, number):
        slot = (version.key, Language(version.language))
        if later := _last_change(connection, row, slot):
            which = {"key": slot[0], "language": spoken(slot[1]), "later": later}
            raise ScriptRefused(Sentence("changed_again", **which))
        before[slot] = version.replaced
    why = sentence(reason, Sentence("the_reason"))
    return Publication(who, before, why, undoes_id=number)


def cancel(connection: Connection, number: int, who: str) -> None:
    """Call a timed publication off before it comes into force; its draft is open again."""
    called_off = connection.execute(
        update(script_publications)
        .where(
            _publication.id == number,
            _publication.canceled_at.is_(None),
            _publication.effective_at > utc_now(),
        )
        .values(canceled_at=utc_now(), canceled_by=who)
        .returning(_publication.draft_id)
    ).one_or_none()
    if called_off is None:
        raise ScriptRefused(Sentence("nothing_waits", publication=number))
    audit.record(connection, Event(who, Act.SCRIPTS_CALL_OFF, f"publication {number}"))
    if called_off.draft_id is not None:
        drafts.reopen(connection, called_off.draft_id)


def of_number(connection: Connection, number: int) -> Row[Any]:
    """A publication with `now`; ScriptRefused for a number that there is not."""
    found = select(script_publications, utc_now().label("now")).where(_publication.id == number)
    row = connection.execute(found).one_or_none()
    if row is None:
        raise ScriptRefused(Sentence("no_publication", publication=number))
    return row


def versions(connection: Connection, number: int) -> list[Row[Any]]:
    """What a publication changed: key, language, content, revision, replaced."""
    found = select(script_versions).where(_version.publication_id == number)
    return list(connection.execute(found.order_by(_version.key, _version.language.desc())))


def _alone(connection: Connection) -> None:
    """Let one publish at a time, so that numbers and times have one order. SQLite does anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _insert(connection: Connection, new: Publication) -> int:
    if not new.changes:
        raise ScriptRefused(Sentence("nothing_changed"))
    if new.at is not None and new.at <= connection.execute(select(utc_now())).scalar_one():
        raise ScriptRefused(Sentence("time_is_past"))
    made = insert(script_publications).values(
        draft_id=new.draft_id,
        undoes_id=new.undoes_id,
        author=new.author or new.publisher,
        reviewer=new.reviewer,
        publisher=new.publisher,
        reason=new.reason,
        accepted=dict(new.accepted or {}),
        effective_at=new.at or utc_now(),
    )
    return int(connection.execute(made.returning(_publication.id)).scalar_one())


def _row(publication_id: int, slot: Slot, new: Publication, checked: Edition) -> dict[str, Any]:
    content = new.changes[slot]
    said = content if content is not None else as_shipped(checked.shipped, slot)
    return {
        "publication_id": publication_id,
        "key": slot[0],
        "language": slot[1],
        "content": content,
        "revision": revision_of(said),
        "replaced": checked.changes.get(slot),
    }


def _refuse_timed(connection: Connection, changes: Changes) -> None:
    """A timed publication was checked with the words it met; keywords are one thing to check."""
    touched = {_subject(key) for key, _ in changes}
    for row in published.waiting(connection):
        held = {_subject(version.key) for version in versions(connection, row.id)}
        if both := touched & held:
            which = {"key": min(both), "publication": row.id, "author": row.author}
            raise ScriptRefused(Sentence("held_by_timed", **which))


def _subject(key: str) -> str:
    return KEYWORDS if intent_of(key) else key


def _last_change(connection: Connection, of: Row[Any], slot: Slot) -> int | None:
    """The publication that changed a key after another one, if there is any."""
    later = (
        select(func.max(_publication.id))
        .join(script_versions)
        .where(
            _version.key == slot[0],
            _version.language == slot[1],
            _publication.canceled_at.is_(None),
            (_publication.effective_at > of.effective_at)
            | ((_publication.effective_at == of.effective_at) & (_publication.id > of.id)),
        )
    )
    found: int | None = connection.execute(later).scalar()
    return found

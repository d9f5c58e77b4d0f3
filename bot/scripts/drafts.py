"""Drafts: what somebody means to change, alone until they ask another person to look at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from bot import audit
from bot.audit import Act, Event
from bot.errors import ScriptRefused
from bot.scripts.edition import Edition
from bot.scripts.item import Changes, Content, Slot
from bot.scripts.sentence import Code, Sentence
from bot.store import session
from bot.store.columns import utc_now
from bot.store.tables import script_draft_items, script_drafts
from bot.store.tables.scripts import LONGEST_REASON
from bot.text.language import Language

_draft = script_drafts.c
_item = script_draft_items.c


class State(StrEnum):
    """How far a draft has come; to edit it brings it back to DRAFT."""

    DRAFT = "draft"
    REVIEW = "review"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


EDITABLE = frozenset({State.DRAFT, State.REVIEW, State.APPROVED})
# What anybody but its author may see.
SHARED = frozenset({State.REVIEW, State.APPROVED, State.PUBLISHED})
_UNREVIEWED: Mapping[str, None] = {"reviewer": None, "review_note": None, "reviewed_at": None}


@dataclass(frozen=True)
class Item:
    """A change of a draft, and what was in force when it was written."""

    content: Content
    seen: Mapping[str, Any]


@dataclass(frozen=True)
class Draft:
    """A draft as somebody may see it; `accepted` tells by rule why a warning may stand."""

    id: int
    author: str
    state: State
    reason: str
    accepted: Mapping[str, str]
    reviewer: str | None
    review_note: str | None
    items: Mapping[Slot, Item]

    @property
    def changes(self) -> Changes:
        """What it changes."""
        return {slot: item.content for slot, item in self.items.items()}


def begin(connection: Connection, author: str) -> int:
    """A new, empty draft."""
    made = insert(script_drafts).values(author=author, accepted={}).returning(_draft.id)
    return int(connection.execute(made).scalar_one())


def of_changes(connection: Connection, author: str, changes: Changes, edition: Edition) -> int:
    """A new draft with these changes."""
    draft_id = begin(connection, author)
    for slot, content in changes.items():
        write(connection, draft_id, author, slot, content, edition)
    return draft_id


def read(connection: Connection, draft_id: int, who: str, lock: bool = False) -> Draft:
    """A draft, if it is theirs or was shown to others; ScriptRefused otherwise."""
    found = select(script_drafts).where(_draft.id == draft_id)
    row = connection.execute(found.with_for_update() if lock else found).one_or_none()
    if row is None or (row.author != who and row.state not in SHARED):
        raise ScriptRefused(Sentence("no_draft", draft=draft_id))
    items = connection.execute(
        select(script_draft_items)
        .where(_item.draft_id == draft_id)
        .order_by(_item.key, _item.language.desc())
    )
    return Draft(
        row.id,
        row.author,
        State(row.state),
        row.reason,
        row.accepted,
        row.reviewer,
        row.review_note,
        {(item.key, Language(item.language)): Item(item.content, item.seen) for item in items},
    )


def listed(connection: Connection, who: str) -> Sequence[Row[Any]]:
    """The open drafts that somebody may see: id, author, state, reason, changed_at."""
    visible = (_draft.author == who) | _draft.state.in_(SHARED)
    found = select(script_drafts).where(_draft.state.in_(EDITABLE), visible)
    return connection.execute(found.order_by(_draft.id.desc())).all()


def at_work(connection: Connection, who: str) -> int | None:
    """The newest draft of somebody that they have not shown yet: what they change goes there."""
    own = select(_draft.id).where(_draft.author == who, _draft.state == State.DRAFT)
    found: int | None = connection.execute(own.order_by(_draft.id.desc()).limit(1)).scalar()
    return found


def write(
    connection: Connection,
    draft_id: int,
    who: str,
    slot: Slot,
    content: Content,
    edition: Edition,
    seen: Mapping[str, Any] | None = None,
) -> None:
    """Change something in one's own draft; it needs a new review then.

    `content` None is what ships. `seen` is what the author had before them, if that was not what is
    in force now. ScriptRefused for a key that nobody says.
    """
    _own(connection, draft_id, who)
    known = edition.content(slot) if seen is None else seen
    row = session.insert(connection, script_draft_items).values(
        draft_id=draft_id, key=slot[0], language=slot[1], content=content, seen=dict(known)
    )
    again = {"content": row.excluded.content}
    if seen is not None:
        again["seen"] = row.excluded.seen
    keys = ["draft_id", "key", "language"]
    connection.execute(row.on_conflict_do_update(index_elements=keys, set_=again))
    _move(connection, draft_id, State.DRAFT, **_UNREVIEWED)


def forget(connection: Connection, draft_id: int, who: str, slot: Slot) -> None:
    """Take a change out of one's own draft."""
    _own(connection, draft_id, who)
    connection.execute(
        delete(script_draft_items).where(
            _item.draft_id == draft_id, _item.key == slot[0], _item.language == slot[1]
        )
    )
    _move(connection, draft_id, State.DRAFT, **_UNREVIEWED)


def explain(
    connection: Connection, draft_id: int, who: str, reason: str, accepted: Mapping[str, str]
) -> None:
    """Say why a draft is wanted, and by rule why a warning about it may stand."""
    draft = _own(connection, draft_id, who)
    why = {
        rule: sentence(told, Sentence("why_it_may_stand", rule=Code("rule", rule)))
        for rule, told in accepted.items()
    }
    _move(
        connection,
        draft_id,
        draft.state,
        reason=sentence(reason, Sentence("the_reason")),
        accepted={**draft.accepted, **why},
    )


def ask_for_review(connection: Connection, draft_id: int, who: str) -> None:
    """Show one's own draft to others; it must say why."""
    draft = _own(connection, draft_id, who)
    if not draft.items:
        raise ScriptRefused(Sentence("draft_empty", draft=draft_id))
    if not draft.reason:
        raise ScriptRefused(Sentence("draft_without_reason", draft=draft_id))
    _move(connection, draft_id, State.REVIEW)


def review(connection: Connection, draft_id: int, who: str, good: bool, note: str = "") -> None:
    """Approve somebody else's draft, or send it back with a note that says why."""
    draft = read(connection, draft_id, who, lock=True)
    if draft.author == who:
        raise ScriptRefused(Sentence("draft_is_ones_own", draft=draft_id))
    if draft.state is not State.REVIEW:
        told = Sentence(f"state_{draft.state}")
        raise ScriptRefused(Sentence("draft_waits_for_no_review", draft=draft_id, state=told))
    words = sentence(note, Sentence("the_note")) if note.strip() or not good else ""
    state = State.APPROVED if good else State.DRAFT
    kept = {"reviewer": who, "review_note": words, "reviewed_at": utc_now()}
    _move(connection, draft_id, state, **kept)
    if good:
        audit.record(connection, Event(who, Act.SCRIPTS_APPROVE, f"draft {draft_id}"))


def withdraw(connection: Connection, draft_id: int, who: str) -> None:
    """Give up one's own draft; it is kept, and shown to nobody else."""
    _own(connection, draft_id, who)
    _move(connection, draft_id, State.WITHDRAWN)


def close(connection: Connection, draft_id: int) -> None:
    """A draft that was published."""
    _move(connection, draft_id, State.PUBLISHED)


def reopen(connection: Connection, draft_id: int) -> None:
    """A draft whose publication was called off: its author's again."""
    _move(connection, draft_id, State.DRAFT, **_UNREVIEWED)


def sentence(words: str, what: Sentence) -> str:
    """A sentence as a column holds it; ScriptRefused for none, or too long a one."""
    plain = " ".join(words.split())
    if not plain or not plain.isprintable() or len(plain) > LONGEST_REASON:
        raise ScriptRefused(Sentence("no_sentence", what=what, most=LONGEST_REASON))
    return plain


def _own(connection: Connection, draft_id: int, who: str) -> Draft:
    draft = read(connection, draft_id, who, lock=True)
    if draft.author != who:
        raise ScriptRefused(Sentence("draft_is_anothers", draft=draft_id))
    if draft.state not in EDITABLE:
        told = Sentence(f"state_{draft.state}")
        raise ScriptRefused(Sentence("draft_is_closed", draft=draft_id, state=told))
    return draft


def _move(connection: Connection, draft_id: int, state: State, **more: object) -> None:
    changed = update(script_drafts).where(_draft.id == draft_id)
    connection.execute(changed.values(state=state, changed_at=utc_now(), **more))

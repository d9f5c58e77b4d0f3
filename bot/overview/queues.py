"""What waits for staff: people, questions whether to stop, messages, holds to review, alerts.

Each queue is read a page at a time by key, within what a member may see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
    true,
    union_all,
)

from bot.alerts import unsettled
from bot.compliance import reviews
from bot.dialogue.holds import HoldKind
from bot.messaging.sending.undecided import Trouble, newest_of
from bot.overview.listing import lines
from bot.overview.paging import PAGE, Page, cut, key_of
from bot.staff.departments import Scope
from bot.store.tables import alerts, conversation_cards, conversations, holds, inbound_messages

# Of more than these a member needs no number.
MOST_COUNTED = 100

_card, _talk, _hold, _alert = conversation_cards.c, conversations.c, holds.c, alerts.c


class Queue(StrEnum):
    """What waits: a person who wants one of the staff, a conversation with an open question whether
    to stop, a message that did not leave as it should, a hold to review, an alert."""

    PEOPLE = "people"
    QUESTIONS = "questions"
    MESSAGES = "messages"
    HOLDS = "holds"
    ALERTS = "alerts"


@dataclass(frozen=True)
class Held:
    """A hold, with what the person wrote that called for it, and a conversation with them."""

    id: int
    hold: reviews.Held
    written: str | None
    conversation_id: int


def people(connection: Connection, scope: Scope, after: str = "", limit: int = PAGE) -> Page:
    """Conversations whose person wants somebody, who has waited longest first; as `lines`."""
    return _talks(connection, scope, _talk.person_wanted_at, after, limit)


def questions(connection: Connection, scope: Scope, after: str = "", limit: int = PAGE) -> Page:
    """Conversations with an open question whether to stop, the oldest first; as `lines`."""
    return _talks(connection, scope, _talk.held_since, after, limit)


def to_review(
    connection: Connection,
    scope: Scope,
    kind: HoldKind | None = None,
    after: str = "",
    limit: int = PAGE,
) -> tuple[Sequence[Held], str | None]:
    """Holds that last until a person ends them, the oldest first, and the key of the next page."""
    found = (
        reviews.placed()
        .add_columns(
            _hold.id.label("hold_id"),
            inbound_messages.c.body.label("written"),
            _with_them(scope).label("conversation_id"),
        )
        .join(inbound_messages, inbound_messages.c.id == _hold.inbound_id, isouter=True)
        .where(_waits_for_review(scope), true() if kind is None else _hold.kind == kind)
    )
    if (key := key_of(after)) is not None:
        found = found.where(_is_after(_hold.created_at, _hold.id, *key))
    oldest_first = found.order_by(_hold.created_at, _hold.id).limit(limit + 1)
    page = cut(
        connection.execute(oldest_first).all(), limit, lambda it: (it.created_at, it.hold_id)
    )
    return [_held(row) for row in page.rows], page.next


def open_alerts(connection: Connection, scope: Scope, after: str = "", limit: int = PAGE) -> Page:
    """Open alerts, the one that was raised last first; a department's are those of its senders."""
    conditions = [scope.covers(_alert.sender_id)]
    if (key := key_of(after)) is not None:
        moment, number = key
        same = and_(_alert.last_at == moment, _alert.id < number)
        conditions.append(or_(_alert.last_at < moment, same))
    rows = unsettled(connection, limit + 1, *conditions)
    return cut(rows, limit, lambda it: (it.last_at, it.id))


def seen_alert(connection: Connection, scope: Scope, alert_id: int) -> Row[Any] | None:
    """An alert, open or not, that a member may see."""
    found = select(alerts).where(_alert.id == alert_id, scope.covers(_alert.sender_id))
    return connection.execute(found).one_or_none()


def conversation_with(connection: Connection, scope: Scope, contact_id: int) -> int | None:
    """The newest conversation of a person that a member may see."""
    found = select(func.max(_talk.id)).where(
        _talk.contact_id == contact_id, scope.covers(_talk.sender_id)
    )
    newest: int | None = connection.execute(found).scalar()
    return newest


def counts(connection: Connection, scope: Scope) -> Mapping[Queue, int]:
    """How much each queue holds; MOST_COUNTED stands for that and more."""
    newest = (newest_of(kind, MOST_COUNTED, scope) for kind in Trouble)
    waiting: Mapping[Queue, Select[Any]] = {
        Queue.PEOPLE: _waiting(scope, _talk.person_wanted_at),
        Queue.QUESTIONS: _waiting(scope, _talk.held_since),
        Queue.MESSAGES: select(union_all(*(select(each.c.id) for each in newest)).subquery()),
        Queue.HOLDS: select(_hold.id).where(_hold.released_at.is_(None), _waits_for_review(scope)),
        Queue.ALERTS: select(_alert.id).where(
            _alert.settled_at.is_(None), scope.covers(_alert.sender_id)
        ),
    }
    counted = (_count(found).label(queue) for queue, found in waiting.items())
    row = connection.execute(select(*counted)).one()
    return {queue: int(getattr(row, queue)) for queue in waiting}


def _count(found: Select[Any]) -> Any:
    some = found.limit(MOST_COUNTED).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


# The card is found by its index; since when somebody waits, the conversation itself knows best.
_FLAGS: Mapping[str, ColumnElement[bool]] = {
    "person_wanted_at": _card.wanted_at.is_not(None),
    "held_since": _card.held,
}


def _waiting(scope: Scope, since: Any) -> Select[Any]:
    return (
        select(_card.conversation_id)
        .join(conversations, _talk.id == _card.conversation_id)
        .where(_FLAGS[since.name], since.is_not(None), scope.covers(_card.sender_id))
    )


def _talks(connection: Connection, scope: Scope, since: Any, after: str, limit: int) -> Page:
    found = lines().where(_FLAGS[since.name], since.is_not(None), scope.covers(_card.sender_id))
    if (key := key_of(after)) is not None:
        found = found.where(_is_after(since, _card.conversation_id, *key))
    oldest_first = found.order_by(since, _card.conversation_id).limit(limit + 1)
    rows = connection.execute(oldest_first).all()
    return cut(rows, limit, lambda it: (getattr(it, since.name), it.conversation_id))


def _is_after(since: Any, number: Any, moment: Any, last: int) -> ColumnElement[bool]:
    return or_(since > moment, and_(since == moment, number > last))


def _waits_for_review(scope: Scope) -> ColumnElement[bool]:
    if scope.department_id is None:
        return _hold.until.is_(None)
    ours = exists().where(_talk.contact_id == _hold.contact_id, scope.covers(_talk.sender_id))
    return and_(_hold.until.is_(None), ours)


def _with_them(scope: Scope) -> Any:
    theirs = (_talk.contact_id == _hold.contact_id) & scope.covers(_talk.sender_id)
    return select(func.max(_talk.id)).where(theirs).correlate(holds).scalar_subquery()


def _held(row: Row[Any]) -> Held:
    return Held(row.hold_id, reviews.told(row), row.written, row.conversation_id)

"""What a person did with a payment link or wrote about who they are: kept once, never changed."""

from enum import StrEnum

from sqlalchemy import Connection, exists, func, literal, select

from bot.store.columns import utc_now
from bot.store.session import insert
from bot.store.tables import payment_events, payment_links

_events = payment_events.c


class Kind(StrEnum):
    """What was done.

    A link is opened once: by the first form that is sent from its page, since robots that look at
    every link send none. `verified` and `wrong_answer` are answers to who is there, `viewed` is the
    page behind the right one.
    """

    OPENED = "opened"
    VERIFIED = "verified"
    WRONG_ANSWER = "wrong_answer"
    VIEWED = "viewed"


def record_event(
    connection: Connection, kind: Kind, conversation_id: int, link_id: int | None = None
) -> None:
    """Write an act of a person down, as of now; without a link it was done by text."""
    row = insert(connection, payment_events).values(
        conversation_id=conversation_id, payment_link_id=link_id, kind=kind
    )
    connection.execute(row.on_conflict_do_nothing())


def record_view(connection: Connection, link_id: int) -> None:
    """The page was shown to somebody who proved who they are; once for each proof."""
    of_link = _events.payment_link_id == link_id
    proved = select(func.coalesce(func.max(_events.id), 0)).where(
        of_link, _events.kind == Kind.VERIFIED
    )
    seen = exists().where(
        of_link, _events.kind == Kind.VIEWED, _events.id > proved.scalar_subquery()
    )
    link = payment_links.c
    row = select(link.conversation_id, link.id, literal(Kind.VIEWED.value), utc_now()).where(
        link.id == link_id, ~seen
    )
    columns = ["conversation_id", "payment_link_id", "kind", "created_at"]
    connection.execute(insert(connection, payment_events).from_select(columns, row))

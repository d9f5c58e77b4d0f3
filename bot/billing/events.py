"""What a person did with a payment link or wrote about who they are: kept once, never changed."""

from enum import StrEnum

from sqlalchemy import Connection

from bot.store.session import insert
from bot.store.tables import payment_events


class Kind(StrEnum):
    """What was done.

    A link is opened once: by the first form that is sent from its page, since robots that look at
    every link send none. `verified` and `wrong_answer` are answers to who is there, `viewed` is the
    page that the right one leads to, once for each.
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

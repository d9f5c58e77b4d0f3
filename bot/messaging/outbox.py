"""What goes out: the rows of messages, each in its conversation's line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Integer, bindparam, insert, select

from bot.messaging.answering.render import Rendered
from bot.messaging.grounds import Grounds, MessageClass
from bot.messaging.sending.priority import OF_CLASS, Priority
from bot.messaging.sending.useful import useful_for
from bot.store.columns import Id, seconds_from_now, utc_now
from bot.store.tables import conversations, outbound_messages

STAFF = "staff"

# Inline: nobody asks for the ids of the new rows.
_ENQUEUE = (
    insert(outbound_messages)
    .inline()
    .values(
        sender_id=select(conversations.c.sender_id)
        .where(conversations.c.id == bindparam("of_conversation", type_=Id))
        .scalar_subquery(),
        expires_at=seconds_from_now(bindparam("useful_for", type_=Integer)),
    )
)


@dataclass(frozen=True)
class About:
    """What a message is about: a payment on the account takes back what is unsolicited, and the
    timeline of the link shows it; and the campaign that sends it, if one does. What tells of an act
    of the person leaves at night while that is fresh."""

    account_id: int | None = None
    payment_link_id: int | None = None
    campaign_id: int | None = None
    acted_at: datetime | None = None


NOTHING = About()


def enqueue(
    connection: Connection,
    conversation_id: int,
    messages: Iterable[Rendered],
    message_class: MessageClass,
    inbound_id: int | None = None,
    grounds: Grounds | None = None,
    priority: Priority | None = None,
    about: About = NOTHING,
    lasts: timedelta | None = None,
) -> None:
    """Add messages to a conversation's line, in order; see `rows`.

    `lasts` is for how long they are of use, where that is not as long as others of their class.
    """
    made = rows(conversation_id, messages, message_class, inbound_id, grounds, priority, about)
    useful = {} if lasts is None else {"useful_for": int(lasts.total_seconds())}
    insert_rows(connection, [{**row, **useful} for row in made])


def enqueue_by_staff(
    connection: Connection,
    conversation_id: int,
    message: Rendered,
    staff_id: int,
    message_class: MessageClass = MessageClass.REPLY,
    grounds: Grounds | None = None,
    about: About = NOTHING,
) -> None:
    """Add what a member of staff wrote to a conversation's line; see `rows`."""
    made = rows(conversation_id, [message], message_class, grounds=grounds, about=about)
    insert_rows(connection, [{**row, "sent_by": STAFF, "staff_id": staff_id} for row in made])


def rows(
    conversation_id: int,
    messages: Iterable[Rendered],
    message_class: MessageClass,
    inbound_id: int | None = None,
    grounds: Grounds | None = None,
    priority: Priority | None = None,
    about: About = NOTHING,
) -> list[Mapping[str, object]]:
    """Messages for a conversation's line, in order, to be inserted with those of others.

    What is unsolicited needs `grounds`. `priority` is that of the class, if not given.
    """
    shared = {
        "conversation_id": conversation_id,
        "of_conversation": conversation_id,
        "inbound_id": inbound_id,
        "message_class": message_class,
        "priority": OF_CLASS[message_class] if priority is None else priority,
        "useful_for": useful_for(message_class),
        **_stated(grounds or Grounds()),
        **vars(about),
    }
    return [
        {**shared, **_words(message), "position": position}
        for position, message in enumerate(messages)
    ]


def _words(message: Rendered) -> Mapping[str, object]:
    """The columns of what a message says, and of the script it was made from."""
    return {
        "script_key": message.key,
        "language": message.language,
        "revision": message.revision,
        "publication_id": message.publication,
        "body": message.body,
        "encoding": message.encoding,
        "segments": message.segments,
    }


def _stated(grounds: Grounds) -> Mapping[str, object]:
    """The columns of why a message may be sent."""
    return {
        "purpose": grounds.purpose,
        "exemption": grounds.exemption,
        "exemption_note": grounds.note or None,
        "approved_by": grounds.approved_by or None,
    }


def insert_rows(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Add messages to the lines of any conversations, in order, in one round trip."""
    if rows:
        connection.execute(_ENQUEUE, rows)


def note_carrier_line(
    connection: Connection, conversation_id: int, line: Rendered, inbound_id: int
) -> None:
    """Keep what the carrier sent by itself: it shows in the log, and never leaves from here."""
    connection.execute(
        insert(outbound_messages).values(
            conversation_id=conversation_id,
            inbound_id=inbound_id,
            message_class=MessageClass.CONFIRMATION,
            **{**_words(line), "segments": 0},
            status="sent",
            sent_by="carrier",
            verdict="allowed",
            verdict_reasons=[{"rule": "carrier", "words": "the carrier answered by itself"}],
            expires_at=utc_now(),
            sent_at=utc_now(),
        )
    )

"""Unsolicited messages for the tests: whom they go to, and at what time of day."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import time

from sqlalchemy import Connection, insert, select

from bot.compliance.countries import Country, shipped
from bot.messaging import outbox
from bot.messaging.answering.render import Rendered
from bot.messaging.grounds import Grounds, MessageClass
from bot.messaging.outbox import NOTHING, About
from bot.store.tables import contacts, conversations, outbound_messages, purpose_consents
from bot.text.language import Language

BILLING = Grounds("billing")
_JAPAN = next(country for country in shipped() if country.name == "jp")
DAY: tuple[Country, ...] = (replace(_JAPAN, prefix="+", quiet_from=time.max, quiet_until=time.min),)
NIGHT: tuple[Country, ...] = (replace(_JAPAN, prefix="+", quiet_from=time(9), quiet_until=time(9)),)


def people(connection: Connection, numbers: Iterable[str], consent: str = "granted") -> list[int]:
    """Conversations of our first sender with numbers that agreed to billing; returns their ids."""
    made = []
    for number in numbers:
        contact = connection.execute(
            insert(contacts).values(number=number).returning(contacts.c.id)
        ).scalar_one()
        row = {"sender_id": 1, "contact_id": contact, "language": "ja", "consent": consent}
        made.append(
            connection.execute(
                insert(conversations).values(row).returning(conversations.c.id)
            ).scalar_one()
        )
    agreed = [
        {"conversation_id": one, "purpose": "billing", "state": consent, "version": "1"}
        for one in made
    ]
    connection.execute(insert(purpose_consents), agreed)
    return made


def queue(
    connection: Connection,
    conversation: int,
    message_class: MessageClass = MessageClass.REMINDER,
    grounds: Grounds = BILLING,
    body: str = "お支払期日は明日です。",
    about: About = NOTHING,
) -> int:
    """Put one message in a conversation's line and return its id."""
    message = Rendered("campaign.reminder", Language.JA, "r", body, "UCS-2", 1)
    outbox.enqueue(connection, conversation, [message], message_class, grounds=grounds, about=about)
    newest = select(outbound_messages.c.id).order_by(outbound_messages.c.id.desc()).limit(1)
    return int(connection.execute(newest).scalar_one())

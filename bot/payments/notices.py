"""Telling a person what became of their payment, and keeping each notice of a gateway once."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.dialogue.turn import Reply
from bot.messaging import outbox
from bot.messaging.answering.addressed import address
from bot.messaging.grounds import MessageClass
from bot.messaging.outbox import About
from bot.payments.gateways import GatewayEvent
from bot.payments.judgement import Verdict
from bot.payments.link import Held
from bot.runtime import Runtime
from bot.store.session import insert
from bot.store.tables import gateway_events
from bot.text.language import Language

AMOUNT = "amount"


def say(
    connection: Connection,
    runtime: Runtime,
    held: Held,
    reply: Reply,
    acted_at: datetime | None = None,
) -> None:
    """Put a notice for the person of a link into the outbox, in the link's language.

    `acted_at` is when they did what it tells of; what they did not do is not told at night. No
    amount goes to a number of which something keeps what is owed: who reads it is not certain.
    """
    told = _without_amount(reply) if held.person.withheld else reply
    message = address(connection, runtime, held.person, told, Language(held.link.language))
    assert message is not None
    about = About(held.link.account_id, held.link.id, acted_at=acted_at)
    outbox.enqueue(
        connection, held.link.conversation_id, [message], MessageClass.NOTICE, about=about
    )


def _without_amount(reply: Reply) -> Reply:
    if AMOUNT not in reply.values:
        return reply
    others = {name: value for name, value in reply.values.items() if name != AMOUNT}
    return replace(reply, key=f"{reply.key}.plain", values=others)


def keep(
    connection: Connection, event: GatewayEvent, verdict: Verdict, link_id: int | None
) -> bool:
    """Write a gateway's notice down; False where it is there already."""
    row = insert(connection, gateway_events).values(
        gateway=event.gateway,
        event_id=event.id,
        kind=event.outcome,
        payment_link_id=link_id,
        outcome=verdict,
    )
    once = row.on_conflict_do_nothing(index_elements=["gateway", "event_id"])
    return connection.execute(once.returning(gateway_events.c.id)).first() is not None

"""What waits at this moment: how much, and for how long the oldest of it has."""

from collections.abc import Mapping

from sqlalchemy import Connection

from bot.messaging.sending import backlog
from bot.messaging.sending.backlog import Queue
from bot.overview.dashboard.asked import Asked
from bot.store.tables import conversation_cards, conversations, outbound_messages

_card, _talk = conversation_cards.c, conversations.c


def waiting(connection: Connection, asked: Asked) -> Mapping[str, Queue]:
    """Texts that are not answered, messages that are due, people who want somebody of the staff,
    open questions whether to stop; of the senders asked for, whatever the days."""
    talks = (_card.conversation_id == _talk.id, *asked.of_senders(_card.sender_id))
    wants, asks = _talk.person_wanted_at, _talk.held_since
    # The card is found by its index; since when somebody waits, the conversation itself knows.
    wanted = (_card.wanted_at.is_not(None), wants.is_not(None), *talks)
    questions = (_card.held, asks.is_not(None), *talks)
    return {
        "unanswered": backlog.unanswered(connection, *asked.of_senders(_talk.sender_id)),
        "unsent": backlog.unsent(connection, *asked.of_senders(outbound_messages.c.sender_id)),
        "people": backlog.queue(connection, wants, *wanted),
        "held": backlog.queue(connection, asks, *questions),
    }

"""Alerts about what only a person of the company can mend: an account, a sender, a script."""

from sqlalchemy import Connection, ScalarSelect, select

from bot import alerts
from bot.alerts import Kind
from bot.messaging.answering import loops
from bot.messaging.sending import circuits
from bot.messaging.sending.attempts import Result
from bot.providers.codes import Whose
from bot.store.tables import outbound_messages

# What of a script's key fits an alert's subject.
LONGEST_SUBJECT = 64
# Whose trouble concerns every sender, and so the whole company.
SHARED = frozenset({Whose.ACCOUNT, Whose.REGION, Whose.SCRIPT, None})


def tell(connection: Connection, result: Result) -> None:
    """Raise the alert for a failure whose error code asks for one.

    Where it opened a circuit, that has told already, but for a country's, which the first refusals
    do not open; a loop silences the conversation, which tells.
    """
    if result.pause_s and result.whose is not Whose.REGION:
        return
    if result.mutes:
        loops.mute(connection, _conversation(connection, result), result.reason or "")
        return
    kind, subject = _about(result)
    words = f"A message failed: {result.reason}"
    ours = None if result.whose in SHARED else _sender(result)
    alerts.alert(connection, kind, subject[:LONGEST_SUBJECT], words, ours)


def _sender(result: Result) -> ScalarSelect[int]:
    message = outbound_messages.c
    return select(message.sender_id).where(message.id == result.message.id).scalar_subquery()


def _conversation(connection: Connection, result: Result) -> int:
    message = outbound_messages.c
    found = select(message.conversation_id).where(message.id == result.message.id)
    return int(connection.execute(found).scalar_one())


def _about(result: Result) -> tuple[Kind, str]:
    message = result.message
    match result.whose:
        case Whose.SCRIPT:
            return Kind.SCRIPT, message.script_key
        case Whose.SENDER:
            return Kind.SENDER, circuits.of_sender(message.sender)
        case Whose.REGION:
            return Kind.REGION, circuits.of_region(message.recipient)
        case Whose.RECIPIENT | Whose.MESSAGE:
            return Kind.OUTBOX, f"message {message.id}"
    return Kind.ACCOUNT, circuits.ACCOUNT

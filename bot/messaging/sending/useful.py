"""For how long a message is of use, from when it is queued."""

from bot.messaging.grounds import UNSOLICITED, MessageClass

ANSWER_S = 3600
# What may wait for the morning, or for a promise.
WAITING = UNSOLICITED | {MessageClass.NOTICE}
WAITING_S = 3 * 24 * 3600


def useful_for(message_class: str) -> int:
    """Seconds; the class is one of `MessageClass`."""
    return WAITING_S if message_class in WAITING else ANSWER_S

"""For how long a message is of use, from when it is queued."""

from bot.messaging.grounds import UNSOLICITED

ANSWER_S = 3600
# It may wait for the morning, or for a promise.
UNSOLICITED_S = 3 * 24 * 3600


def useful_for(message_class: str) -> int:
    """Seconds; the class is one of `MessageClass`."""
    return UNSOLICITED_S if message_class in UNSOLICITED else ANSWER_S

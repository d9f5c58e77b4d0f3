"""Which message leaves first where a sender may not send all of them at once."""

from collections.abc import Mapping
from enum import IntEnum

from bot.messaging.grounds import MessageClass


class Priority(IntEnum):
    """The smaller, the sooner; a campaign's messages are BULK whatever their class."""

    ANSWER = 0
    RECEIPT = 1
    REMINDER = 2
    BULK = 3


OF_CLASS: Mapping[MessageClass, Priority] = {
    MessageClass.CONFIRMATION: Priority.ANSWER,
    MessageClass.REPLY: Priority.ANSWER,
    MessageClass.NOTICE: Priority.RECEIPT,
    MessageClass.LEGAL: Priority.REMINDER,
    MessageClass.REMINDER: Priority.REMINDER,
    MessageClass.PROMOTIONAL: Priority.BULK,
}

"""The one function that decides whether a message may leave, at the moment of sending."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.dialogue.effects import Consent


class MessageClass(StrEnum):
    """Why a message exists, which decides what may hold it back.

    A reply answers what the person wrote, a confirmation settles a STOP, START or HELP, a notice
    follows an act of the person elsewhere, such as a payment; nobody asked for an unsolicited one.
    """

    REPLY = "reply"
    CONFIRMATION = "confirmation"
    NOTICE = "notice"
    UNSOLICITED = "unsolicited"


@dataclass(frozen=True)
class Allowed:
    """The message may leave now."""


@dataclass(frozen=True)
class Blocked:
    """The message must never leave; `why` is kept with it."""

    why: str


Verdict = Allowed | Blocked


# What answers a person's own text, and may therefore leave from a sender out of service too.
ANSWERS = frozenset({MessageClass.REPLY, MessageClass.CONFIRMATION})


def may_send(
    message_class: MessageClass,
    consent: Consent,
    expires_at: datetime,
    now: datetime,
    *,
    in_service: bool,
    held: bool = False,
) -> Verdict:
    """The verdict on one message, from facts read in the transaction that claims it.

    `in_service`: whether the sender is enabled and not retired. `held`: whether we asked the person
    if they want to stop, and have no answer yet.
    """
    if not in_service and message_class not in ANSWERS:
        return Blocked("the sender is not in service")
    if consent is Consent.STOPPED and message_class is not MessageClass.CONFIRMATION:
        return Blocked("the recipient stopped all messages")
    if held and message_class is MessageClass.UNSOLICITED:
        return Blocked("the recipient may want to stop and has not answered yet")
    if expires_at <= now:
        return Blocked("too old to be of use")
    return Allowed()

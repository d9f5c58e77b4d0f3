"""Why a message exists, and on what ground it may be sent unasked."""

from dataclasses import dataclass
from enum import StrEnum


class MessageClass(StrEnum):
    """Why a message exists, which decides what may hold it back.

    A reply answers what the person wrote, a confirmation settles a STOP, START, HELP or form, a
    notice follows an act of the person elsewhere, such as a payment. Unsolicited are: a reminder
    of what is due, a legal notice, a promotional message.
    """

    REPLY = "reply"
    CONFIRMATION = "confirmation"
    NOTICE = "notice"
    REMINDER = "reminder"
    LEGAL = "legal"
    PROMOTIONAL = "promotional"


UNSOLICITED = frozenset({MessageClass.REMINDER, MessageClass.LEGAL, MessageClass.PROMOTIONAL})


class Exemption(StrEnum):
    """Why a message needs no consent: it serves a contract, the law demands it, or it is related
    content for a customer, since the day named with it."""

    TRANSACTION = "transaction"
    LEGAL_DUTY = "legal_duty"
    EXISTING_CUSTOMER = "existing_customer"


@dataclass(frozen=True)
class Grounds:
    """On what ground an unsolicited message is sent: for which purpose, and its exemption if any.

    `note` says the ground in words (for an existing customer: since when), `approved_by` who
    (staff:<name>) answers for a legal notice.
    """

    purpose: str | None = None
    exemption: Exemption | None = None
    note: str = ""
    approved_by: str = ""

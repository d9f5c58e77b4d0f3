"""The audit log: every act of staff, kept by the database so that nobody can change it later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, exists, insert, select

from bot.store.tables import audit_events
from bot.store.tables.staff import LONGEST_REASON

NOBODY = "nobody"
COMMAND_LINE = "command line"
PAGE = 50
LONGEST_SUBJECT = 64
LONGEST_ADDRESS = 45

_event = audit_events.c


class Act(StrEnum):
    """What somebody did: with their own access, with other staff, with people's data."""

    SIGN_IN = "sign_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGN_OUT = "sign_out"
    SESSION_END = "session_end"
    PASSWORD_SET = "password_set"
    SECOND_FACTOR_SET = "second_factor_set"
    SECOND_FACTOR_REMOVE = "second_factor_remove"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    STAFF_ADD = "staff_add"
    STAFF_CHANGE = "staff_change"
    STAFF_INVITE = "staff_invite"
    DEPARTMENT_CHANGE = "department_change"
    ROLE_RULE_CHANGE = "role_rule_change"
    UNMASK = "unmask"
    EVIDENCE_VIEW = "evidence_view"
    PROOF_EXPORT = "proof_export"
    RECORD_EXPORT = "record_export"
    EXPORT = "export"
    EXPORT_ASK = "export_ask"
    EXPORT_APPROVE = "export_approve"
    EXPORT_REFUSE = "export_refuse"
    TAKE_OVER = "take_over"
    HAND_BACK = "hand_back"
    SEND = "send"
    WRITE_FIRST = "write_first"
    NOTE = "note"
    CANNED_REPLY_CHANGE = "canned_reply_change"
    VERIFICATION_UNLOCK = "verification_unlock"
    MESSAGE_RETRY = "message_retry"
    MESSAGE_DISCARD = "message_discard"
    HOLD_RELEASE = "hold_release"
    ALERT_SETTLE = "alert_settle"
    SCRIPTS_APPROVE = "scripts_approve"
    SCRIPTS_PUBLISH = "scripts_publish"
    SCRIPTS_TAKE_BACK = "scripts_take_back"
    SCRIPTS_CALL_OFF = "scripts_call_off"
    CAMPAIGN_ADD = "campaign_add"
    CAMPAIGN_PEOPLE = "campaign_people"
    CAMPAIGN_APPROVE = "campaign_approve"
    CAMPAIGN_START = "campaign_start"
    CAMPAIGN_STOP = "campaign_stop"
    TALK_SAVE = "talk_save"
    TALK_FORGET = "talk_forget"


@dataclass(frozen=True)
class Event:
    """One act: by whom, on what, why, and from which address.

    `actor` is staff:<name>, api:<key>, the command line, or nobody.

    `subject` names the thing by our own id, such as "conversation 12"; neither it nor `details`
    holds personal data.
    """

    actor: str
    act: Act
    subject: str
    conversation_id: int | None = None
    reason: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    address: str = ""


@dataclass(frozen=True)
class Wanted:
    """Which events are asked for; what is empty does not matter.

    `actor` is one as it is kept, or the name of a member or a key alone; `before` is an id: older
    ones.
    """

    actor: str = ""
    act: Act | None = None
    conversation_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""
    before: int | None = None


def record(connection: Connection, event: Event) -> None:
    """Keep an act, in the transaction that does it."""
    connection.execute(
        insert(audit_events).values(
            actor=event.actor,
            act=event.act,
            subject=event.subject[:LONGEST_SUBJECT],
            conversation_id=event.conversation_id,
            reason=event.reason[:LONGEST_REASON],
            details=dict(event.details),
            address=event.address[:LONGEST_ADDRESS],
        )
    )


def has_done(connection: Connection, actor: str, act: Act, subject: str) -> bool:
    """Whether somebody did this to that."""
    done = (_event.actor == actor) & (_event.act == act) & (_event.subject == subject)
    return bool(connection.execute(select(exists().where(done))).scalar())


def search(connection: Connection, wanted: Wanted, limit: int = PAGE) -> Sequence[Row[Any]]:
    """The events that are wanted, the newest first."""
    found = _found(wanted).order_by(_event.id.desc()).limit(limit)
    return connection.execute(found).all()


def _found(wanted: Wanted) -> Select[Any]:
    found = select(audit_events)
    conditions = (
        (wanted.actor, lambda: _event.actor.in_(_meant(wanted.actor))),
        (wanted.act, lambda: _event.act == wanted.act),
        (wanted.conversation_id, lambda: _event.conversation_id == wanted.conversation_id),
        (wanted.since, lambda: _event.created_at >= wanted.since),
        (wanted.until, lambda: _event.created_at < wanted.until),
        (wanted.before, lambda: _event.id < wanted.before),
        (wanted.words, lambda: _told(wanted.words)),
    )
    return found.where(*(condition() for given, condition in conditions if given))


def _meant(actor: str) -> Sequence[str]:
    """An actor as it is kept; of a name alone, whose it may be."""
    return (actor, f"staff:{actor}", f"api:{actor}")


def _told(words: str) -> Any:
    """Whether the words stand in a reason or a subject; they hold no wildcards."""
    return _event.reason.contains(words, autoescape=True) | _event.subject.contains(
        words, autoescape=True
    )

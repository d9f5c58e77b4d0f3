"""What a failure of a message that had left asks for: another try, a hold, an alert.

The table of codes (`bot/providers/codes/`) says what; here it is done. Another try is a new attempt
of the same message, and only of one that surely did not arrive.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot import alerts
from bot.compliance import holds
from bot.dialogue.holds import HoldKind
from bot.messaging.answering import loops
from bot.messaging.reports.retries import ANSWERS
from bot.messaging.reports.status import FAILED
from bot.messaging.sending.troubles import SHARED
from bot.providers import codes
from bot.providers.codes import Action, Rule, Whose
from bot.store.columns import seconds_from_now
from bot.store.tables import contacts, conversations, outbound_messages
from bot.text import phone

# Where the table names no time of its own: doubled each time, for a carrier that is too busy.
FIRST_WAIT_S = 300
MOST_TRIES = 3
KINDS = {
    Whose.ACCOUNT: alerts.Kind.ACCOUNT,
    Whose.SENDER: alerts.Kind.SENDER,
    Whose.REGION: alerts.Kind.REGION,
    Whose.SCRIPT: alerts.Kind.SCRIPT,
    Whose.RECIPIENT: alerts.Kind.CONVERSATION,
    Whose.MESSAGE: alerts.Kind.CONVERSATION,
}

_outbound = outbound_messages.c


def repair(connection: Connection, row: Row[Any], provider: str, code: int | None) -> None:
    """Do what the code of a failed message asks for; its row is locked."""
    if code is None:
        return
    rule = codes.look_up(provider, code)
    if rule.do is Action.MUTE:
        loops.mute(connection, row.conversation_id, f"code {rule.code}: {rule.means}")
    elif rule.alert:
        _alert(connection, row, provider, rule)
    if _plan_retry(connection, row, rule):
        return
    if rule.flag is not None and _is_certain(connection, row, rule):
        _hold(connection, row, rule)


def _hold(connection: Connection, row: Row[Any], rule: Rule) -> None:
    contact = select(conversations.c.contact_id).where(conversations.c.id == row.conversation_id)
    what = f"code {rule.code}: {rule.means}"
    holds.place(connection, connection.execute(contact).scalar_one(), HoldKind.FAILURES, what)


def _plan_retry(connection: Connection, row: Row[Any], rule: Rule) -> bool:
    """Plan one more try where that is safe, allowed by the table, and still of use by then."""
    if rule.do not in {Action.RETRY, Action.WAIT} or not _surely_failed(row, rule):
        return False
    if row.status == "canceled":
        return False
    tries = MOST_TRIES if rule.tries is None else rule.tries
    wait = rule.wait or FIRST_WAIT_S * 2.0**row.retries
    if row.retries >= tries or row.now + timedelta(seconds=wait) >= row.expires_at:
        return False
    connection.execute(
        update(outbound_messages)
        .where(_outbound.id == row.id)
        .values(retry_at=seconds_from_now(wait))
    )
    return True


def _surely_failed(row: Row[Any], rule: Rule) -> bool:
    """Where the carrier does not say why, the phone may have it: money is never told twice."""
    return rule.whose is not Whose.MESSAGE or row.message_class in ANSWERS


def _is_certain(connection: Connection, row: Row[Any], rule: Rule) -> bool:
    """Whether a number is flagged: at once, or once the code came as often as it is tried again."""
    if not rule.tries:
        return True
    last = connection.execute(
        select(_outbound.error_code, _outbound.delivery_status)
        .where(_outbound.conversation_id == row.conversation_id, _outbound.id < row.id)
        .where(_outbound.status == "sent")
        .order_by(_outbound.id.desc())
        .limit(rule.tries)
    ).all()
    same = [one.error_code == rule.code and one.delivery_status in FAILED for one in last]
    return row.retries >= rule.tries or (len(same) == rule.tries and all(same))


def _alert(connection: Connection, row: Row[Any], provider: str, rule: Rule) -> None:
    words = f"A message was not delivered, code {rule.code}: {rule.means}."
    if rule.whose is Whose.SCRIPT:
        words = f"{words} It is the script {row.script_key}, revision {row.revision}: look at it."
    subject = _subject(connection, row, provider, rule.whose)
    ours = select(conversations.c.sender_id).where(conversations.c.id == row.conversation_id)
    sender = None if rule.whose in SHARED else ours.scalar_subquery()
    alerts.alert(connection, KINDS[rule.whose], subject, words, sender)


def _subject(connection: Connection, row: Row[Any], provider: str, whose: Whose) -> str:
    if whose is Whose.ACCOUNT:
        return provider
    if whose is Whose.SCRIPT:
        return f"{row.script_key[:51]}@{row.revision[:12]}"
    if whose in {Whose.RECIPIENT, Whose.MESSAGE}:
        return str(row.conversation_id)
    found = connection.execute(
        select(conversations.c.sender_id, contacts.c.number)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .where(conversations.c.id == row.conversation_id)
    ).one()
    return str(found.sender_id) if whose is Whose.SENDER else str(phone.country(found.number))

"""A campaign's message to one person: written into the outbox, where the gate would let it leave.

Whoever calls it decides whether that stands, so that a campaign is checked by what sends it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select

from bot.billing import accounts as ledger
from bot.billing import answers, questions
from bot.campaigns import texts
from bot.campaigns.campaign import CLASS_OF, CampaignKind
from bot.campaigns.wording import Worded, carries_link, tells_amount, word
from bot.dialogue.turn import Account
from bot.errors import CampaignRefused, ScriptError, TemplateError
from bot.messaging import outbox
from bot.messaging.answering import conversation
from bot.messaging.answering.conversation import Locked
from bot.messaging.answering.render import Rendered
from bot.messaging.answering.work import Writing
from bot.messaging.grounds import Exemption, Grounds
from bot.messaging.sending.facts import Ours
from bot.messaging.sending.foresight import foresee
from bot.messaging.sending.priority import Priority
from bot.messaging.verdict import Blocked, Later, Reason, Verdict
from bot.payments import attempts
from bot.runtime import Runtime
from bot.store.tables import accounts, contacts, conversations, outbound_messages

# Who has just begun to pay is not sent a link that would end the one they pay through.
PAYING_TAKES = timedelta(minutes=30)

_message = outbound_messages.c


@dataclass(frozen=True)
class Offered:
    """What the gate says of a message, and its words; none for who is left out before it.

    `contact_id` is the person that it is written to.
    """

    verdict: Verdict
    message: Rendered | None = None
    contact_id: int | None = None


def offer(connection: Connection, runtime: Runtime, campaign: Row[Any], account_id: int) -> Offered:
    """Write a campaign's message for the person of an account, with its link, into the outbox.

    Where the verdict is Blocked or Later, all of it is to be taken back.
    """
    found = select(accounts.c.number, accounts.c.gone_at).where(accounts.c.id == account_id)
    row = connection.execute(found).one()
    if row.gone_at is not None:
        return _left_out("gone", "the account was removed")
    person = _conversation(connection, campaign, row.number)
    if person is None:
        return _left_out("conversation", "there is no conversation with them yet")
    if _is_written_to(connection, campaign, person):
        return TWICE
    writing = Writing(connection, runtime, person)
    account = ledger.by_id(connection, runtime.vault, account_id)
    try:
        texts.check_of(runtime, campaign)
        if useless := _useless(writing, campaign, account):
            return useless
        until = _pays_until(writing, campaign, account)
        offered = _enqueue(writing, campaign, word(writing, campaign, account))
        return offered if until is None else _after_paying(offered, until)
    except (CampaignRefused, ScriptError, TemplateError) as error:
        return _left_out("text", str(error))


def _conversation(connection: Connection, campaign: Row[Any], number: str) -> Locked | None:
    """The last one, of the campaign's sender if it has one, which makes one where there is none."""
    theirs = (
        select(conversations.c.id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .where(contacts.c.number == number)
        .order_by(conversations.c.heard_at.desc(), conversations.c.id.desc())
    )
    sender = campaign.sender_id
    if sender is not None:
        theirs = theirs.where(conversations.c.sender_id == sender)
    found = connection.execute(theirs.limit(1)).scalar()
    if found is not None:
        return conversation.lock(connection, found)
    return None if sender is None else conversation.make(connection, sender, number)


def _is_written_to(connection: Connection, campaign: Row[Any], person: Locked) -> bool:
    """Also by another of our senders, where the campaign names none."""
    theirs = select(conversations.c.id).where(conversations.c.contact_id == person.contact_id)
    written = _message.conversation_id.in_(theirs) & (_message.campaign_id == campaign.id)
    return bool(connection.execute(select(exists().where(written))).scalar())


def _useless(writing: Writing, campaign: Row[Any], account: Account) -> Offered | None:
    """Why a person must not get the text, or its link would be of no use; None where they may."""
    if tells_amount(writing, campaign) and _has_several_accounts(writing):
        return _left_out("accounts", "they have several accounts, and a text may tell one alone")
    if campaign.kind == CampaignKind.DUNNING and account.pending:
        return _left_out("pending", "cash is awaited at a store already")
    if not carries_link(writing, campaign):
        return None
    of_settings = writing.runtime.settings.questions
    asked = questions.asked(campaign.questions, writing.row.questions, of_settings)
    if lacking := answers.lacking(writing.connection, account.id, asked):
        return _left_out("answers", f"their page asks {', '.join(lacking)}, which is not known")
    return None


def _pays_until(writing: Writing, campaign: Row[Any], account: Account) -> datetime | None:
    """How long somebody is left alone who began to pay for the account; None where nobody did."""
    if campaign.kind != CampaignKind.DUNNING:
        return None
    begun = [row.created_at for row in attempts.open_for(writing.connection, account.id)]
    until: datetime = max(begun, default=writing.row.now) + PAYING_TAKES
    return until if begun and until > writing.row.now else None


def _after_paying(offered: Offered, until: datetime) -> Offered:
    """The same message, once they have had the time to pay; where it may leave at all."""
    verdict = offered.verdict
    if isinstance(verdict, Blocked) or (isinstance(verdict, Later) and verdict.at >= until):
        return offered
    reason = Reason("paying", "they are paying at this moment", until=until)
    later = Later(until, reason.words, (reason, *verdict.reasons))
    return replace(offered, verdict=later)


def _has_several_accounts(writing: Writing) -> bool:
    theirs = (accounts.c.number == writing.row.number) & accounts.c.gone_at.is_(None)
    count: int = writing.connection.execute(select(func.count()).where(theirs)).scalar_one()
    return count > 1


def _enqueue(writing: Writing, campaign: Row[Any], text: Worded) -> Offered:
    connection, person = writing.connection, writing.row
    exemption = Exemption(campaign.exemption) if campaign.exemption else None
    outbox.enqueue(
        connection,
        person.id,
        [text.message],
        CLASS_OF[CampaignKind(campaign.kind)],
        grounds=Grounds(campaign.purpose, exemption, campaign.exemption_note or ""),
        priority=Priority.BULK,
        about=text.about,
        lasts=text.lasts,
    )
    of_person = (_message.campaign_id == campaign.id) & (_message.conversation_id == person.id)
    message_id: int = connection.execute(select(_message.id).where(of_person)).scalar_one()
    ours = Ours.of(writing.runtime.settings)
    return Offered(foresee(connection, message_id, ours), text.message, person.contact_id)


def _left_out(rule: str, why: str) -> Offered:
    return Offered(Blocked(why, (Reason(rule, why, blocks=True),)))


TWICE = _left_out("twice", "another account of theirs is written to")

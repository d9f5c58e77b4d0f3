"""The round that queues the messages of campaigns: one person after the other, each once.

Every person has a transaction of their own, so that a process may die between any two of them.
"""

from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, Row, or_, select, update

from bot.alerts import Kind, alert
from bot.campaigns.campaign import CampaignState, RecipientStatus, lock
from bot.campaigns.offering import Offered, offer
from bot.messaging import doorbell
from bot.messaging.reconciling.missed import Going
from bot.messaging.rounds import Round
from bot.messaging.verdict import Blocked, Later, Verdict
from bot.runtime import Runtime
from bot.store.columns import utc_now
from bot.store.session import transact
from bot.store.tables import campaign_recipients, campaigns
from bot.store.tables.campaigns import LONGEST_REASON
from bot.text import business_hours

# People of each campaign in one turn of the round, so that no other campaign waits for long.
BATCH = 100
# Who cannot be written to for longer keeps the link that they have until then.
PATIENCE = timedelta(minutes=5)

_recipient = campaign_recipients.c

log = structlog.get_logger(__name__)


def rounds() -> list[Round]:
    """What the clock does for campaigns."""
    return [Round("queue campaigns", 0, queue)]


def queue(runtime: Runtime, going: Going) -> None:
    """Queue the next messages of every campaign that is being sent."""
    for campaign_id in transact(runtime.engine, _sending):
        try:
            some = _queue_some(runtime, campaign_id, going)
        except Exception as error:  # of this campaign alone: no other shall wait for it
            log.exception("campaign.failed", campaign=campaign_id)
            words = f"A campaign does not go on, for {type(error).__name__}. The log tells more."
            subject = f"campaign {campaign_id}"
            transact(runtime.engine, partial(_alert, subject, words))
        else:
            if some:
                doorbell.ring(runtime)


def _queue_some(runtime: Runtime, campaign_id: int, going: Going) -> int:
    done = 0
    while done < BATCH and going() and queue_next(runtime, campaign_id):
        done += 1
    return done


def _alert(subject: str, words: str, connection: Connection) -> None:
    alert(connection, Kind.OUTBOX, subject, words)


def queue_next(runtime: Runtime, campaign_id: int) -> bool:
    """Queue a campaign's message to the next person, leave them out, or put them off; False where
    it may not go on now, or nobody is left: then it is finished."""
    return transact(runtime.engine, partial(_queue_next, runtime.pinned(), campaign_id))


def _queue_next(runtime: Runtime, campaign_id: int, connection: Connection) -> bool:
    campaign = lock(connection, campaign_id)
    if campaign.state != CampaignState.SENDING or _is_closed(campaign):
        return False
    account_id = _next(connection, campaign)
    if account_id is None:
        return False
    with connection.begin_nested() as attempt:
        offered = offer(connection, runtime, campaign, account_id)
        if _is_kept(offered.verdict, campaign):
            attempt.commit()
        else:
            attempt.rollback()
    _settle(connection, campaign, account_id, offered)
    return True


def _next(connection: Connection, campaign: Row[Any]) -> int | None:
    """The person whose turn it is; where nobody is left, the campaign is finished."""
    waiting = select(_recipient.account_id).where(
        _recipient.campaign_id == campaign.id, _recipient.status == RecipientStatus.WAITING
    )
    due = or_(_recipient.not_before.is_(None), _recipient.not_before <= campaign.now)
    first = waiting.order_by(_recipient.account_id).limit(1)
    account_id = connection.execute(first.where(due)).scalar()
    if account_id is None and connection.execute(first).scalar() is None:
        _finish(connection, campaign.id)
    return account_id


def _sending(connection: Connection) -> list[int]:
    found = select(campaigns.c.id).where(campaigns.c.state == CampaignState.SENDING)
    return list(connection.execute(found.order_by(campaigns.c.id)).scalars())


def _is_closed(campaign: Row[Any]) -> bool:
    """Outside of its own hours nobody is queued: what waits for days would grow too old."""
    hours = business_hours.parse(campaign.hours)
    return hours is not None and hours.next_opening(campaign.now) is not None


def _is_kept(verdict: Verdict, campaign: Row[Any]) -> bool:
    """Whether a message and its link stand: it can leave, or will within minutes."""
    if isinstance(verdict, Later):
        return bool(verdict.at <= campaign.now + PATIENCE)
    return not isinstance(verdict, Blocked)


def _settle(connection: Connection, campaign: Row[Any], account_id: int, offered: Offered) -> None:
    verdict = offered.verdict
    values: dict[str, Any]
    if _is_kept(verdict, campaign):
        values = {"status": RecipientStatus.QUEUED, "reason": None}
    elif isinstance(verdict, Later):
        values = {"not_before": verdict.at, "reason": verdict.why[:LONGEST_REASON]}
    elif isinstance(verdict, Blocked):
        values = {"status": RecipientStatus.LEFT_OUT, "reason": verdict.why[:LONGEST_REASON]}
    connection.execute(
        update(campaign_recipients)
        .where(_recipient.campaign_id == campaign.id, _recipient.account_id == account_id)
        .values(**values)
    )


def _finish(connection: Connection, campaign_id: int) -> None:
    connection.execute(
        update(campaigns)
        .where(campaigns.c.id == campaign_id)
        .values(state=CampaignState.FINISHED, ended_at=utc_now())
    )
    log.info("campaign.finished", campaign=campaign_id)

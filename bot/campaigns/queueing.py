"""The round that queues the messages of campaigns: one person after the other, each once.

Every person has a transaction of their own, so that a process may die between any two of them.
"""

from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, Row, select, update

from bot.alerts import Kind, alert
from bot.campaigns import turns
from bot.campaigns.campaign import CampaignState, RecipientStatus, lock
from bot.campaigns.offering import Offered, offer
from bot.messaging import doorbell
from bot.messaging.reconciling.missed import Going
from bot.messaging.rounds import Round
from bot.messaging.verdict import Blocked, Later
from bot.runtime import Runtime
from bot.store.columns import utc_now
from bot.store.session import transact
from bot.store.tables import campaigns
from bot.text import business_hours

# People of each campaign in one turn of the round, so that no other campaign waits for long.
BATCH = 100
# Who cannot be written to for longer keeps the link that they have until then.
PATIENCE = timedelta(minutes=5)

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
    recipient = turns.next_of(connection, campaign)
    if recipient is None:
        if not turns.any_left(connection, campaign_id):
            _finish(connection, campaign_id)
        return False
    with connection.begin_nested() as attempt:
        offered = offer(connection, runtime, campaign, recipient.account_id)
        if _is_kept(offered, campaign):
            attempt.commit()
        else:
            attempt.rollback()
    _settle(connection, campaign, recipient, offered)
    return True


def _sending(connection: Connection) -> list[int]:
    found = select(campaigns.c.id).where(campaigns.c.state == CampaignState.SENDING)
    return list(connection.execute(found.order_by(campaigns.c.id)).scalars())


def _is_closed(campaign: Row[Any]) -> bool:
    """Outside of its own hours nobody is queued: what waits for days would grow too old."""
    hours = business_hours.parse(campaign.hours)
    return hours is not None and hours.next_opening(campaign.now) is not None


def _is_kept(offered: Offered, campaign: Row[Any]) -> bool:
    """Whether a message and its link stand: it can leave, or will within minutes."""
    verdict = offered.verdict
    if isinstance(verdict, Later):
        return bool(verdict.at <= campaign.now + PATIENCE) and not offered.is_paying
    return not isinstance(verdict, Blocked)


def _settle(
    connection: Connection, campaign: Row[Any], recipient: Row[Any], offered: Offered
) -> None:
    verdict = offered.verdict
    if _is_kept(offered, campaign):
        turns.end(connection, recipient, RecipientStatus.QUEUED)
    elif isinstance(verdict, Later) and turns.may_wait(recipient, verdict.at):
        turns.put_off(connection, recipient, verdict.at, verdict.why)
    elif isinstance(verdict, Later):
        why = f"{verdict.why}; for longer than it is of use"
        turns.end(connection, recipient, RecipientStatus.LEFT_OUT, why)
    elif isinstance(verdict, Blocked):
        turns.end(connection, recipient, RecipientStatus.LEFT_OUT, verdict.why)


def _finish(connection: Connection, campaign_id: int) -> None:
    connection.execute(
        update(campaigns)
        .where(campaigns.c.id == campaign_id)
        .values(state=CampaignState.FINISHED, ended_at=utc_now())
    )
    log.info("campaign.finished", campaign=campaign_id)

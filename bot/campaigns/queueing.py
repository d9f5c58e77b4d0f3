"""The round that queues the messages of campaigns: one person after the other, each once.

Every person has a transaction of their own, so that a process may die between any two of them.
"""

from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, Row, select, update

from bot.alerts import Kind, alert
from bot.campaigns import turns
from bot.campaigns.campaign import CampaignState, RecipientStatus, lock
from bot.campaigns.offering import offer
from bot.messaging import doorbell
from bot.messaging.reconciling.missed import Going
from bot.messaging.rounds import Round
from bot.messaging.verdict import Allowed, Later, Verdict
from bot.runtime import Runtime
from bot.store.columns import utc_now
from bot.store.session import transact
from bot.store.tables import campaigns
from bot.text import business_hours

# People of each campaign in one turn of the round, so that no other campaign waits for long.
BATCH = 100

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
        verdict = offer(connection, runtime, campaign, recipient.account_id).verdict
        # Who cannot be written to yet keeps the link that they have until then.
        if not isinstance(verdict, Allowed):
            attempt.rollback()
    _settle(connection, recipient, verdict)
    return True


def _sending(connection: Connection) -> list[int]:
    found = select(campaigns.c.id).where(campaigns.c.state == CampaignState.SENDING)
    return list(connection.execute(found.order_by(campaigns.c.id)).scalars())


def _is_closed(campaign: Row[Any]) -> bool:
    """Outside of its own hours nobody is queued: what waits for days would grow too old."""
    hours = business_hours.parse(campaign.hours)
    return hours is not None and hours.next_opening(campaign.now) is not None


def _settle(connection: Connection, recipient: Row[Any], verdict: Verdict) -> None:
    if isinstance(verdict, Allowed):
        turns.end(connection, recipient, RecipientStatus.QUEUED)
    elif isinstance(verdict, Later) and turns.may_wait(recipient, verdict.at):
        turns.put_off(connection, recipient, verdict.at, verdict.why)
    elif isinstance(verdict, Later):
        why = f"{verdict.why}; for longer than it is of use"
        turns.end(connection, recipient, RecipientStatus.LEFT_OUT, why)
    else:
        turns.end(connection, recipient, RecipientStatus.LEFT_OUT, verdict.why)


def _finish(connection: Connection, campaign_id: int) -> None:
    connection.execute(
        update(campaigns)
        .where(campaigns.c.id == campaign_id)
        .values(state=CampaignState.FINISHED, ended_at=utc_now())
    )
    log.info("campaign.finished", campaign=campaign_id)

"""Moving a campaign on: approved by a second person, started, stopped."""

from typing import Any

from sqlalchemy import Connection, Row, exists, select, update

from bot import audit
from bot.audit import Act, Event
from bot.campaigns import lengths, texts
from bot.campaigns.campaign import CampaignState, TextPolicy, find_and_lock
from bot.errors import CampaignRefused
from bot.messaging.sending import recall
from bot.runtime import Runtime
from bot.setting_types import Review
from bot.store.columns import utc_now
from bot.store.tables import campaign_recipients, campaigns, payment_links
from bot.store.tables.campaigns import LONGEST_REASON


def approve(connection: Connection, name: str, actor: str) -> None:
    """Let a campaign be started, as somebody who neither made it nor chose people of it;
    CampaignRefused otherwise."""
    campaign = find_and_lock(connection, name)
    if campaign.state != CampaignState.DRAFT:
        raise CampaignRefused(f"The campaign {name} is {campaign.state}, and no draft any more.")
    if campaign.created_by == actor:
        raise CampaignRefused(f"The campaign {name} is your own: a second person must approve it.")
    if audit.has_done(connection, actor, Act.CAMPAIGN_PEOPLE, f"campaign {campaign.id}"):
        words = f"You chose people of the campaign {name}: somebody else must approve it."
        raise CampaignRefused(words)
    _check_people(connection, campaign)
    _move(connection, campaign, CampaignState.APPROVED, approved_by=actor, approved_at=utc_now())
    _record(connection, campaign, Act.CAMPAIGN_APPROVE, actor)


def start(connection: Connection, runtime: Runtime, name: str, actor: str) -> None:
    """Have the clock send a campaign from now on; CampaignRefused where it may not be, or was."""
    campaign = find_and_lock(connection, name)
    if campaign.state not in {CampaignState.DRAFT, CampaignState.APPROVED}:
        raise CampaignRefused(f"The campaign {name} was started before: it is {campaign.state}.")
    asked = runtime.settings.HENJI_CAMPAIGNS_REVIEW is Review.ON
    if asked and campaign.state != CampaignState.APPROVED:
        words = f"The campaign {name} is not approved: a second person must look at it."
        raise CampaignRefused(words)
    _check_people(connection, campaign)
    check_text(runtime, campaign)
    _move(connection, campaign, CampaignState.SENDING, started_at=utc_now())
    _record(connection, campaign, Act.CAMPAIGN_START, actor)


def stop(connection: Connection, name: str, actor: str, reason: str) -> int:
    """End a campaign for good, and take back what still waits; returns how many messages.

    What has left stays so, and its links stay good; nobody is reminded of their end.
    """
    campaign = find_and_lock(connection, name)
    why = " ".join(reason.split())
    if not why or len(why) > LONGEST_REASON:
        words = f"Say why it is stopped, in {LONGEST_REASON} characters at most."
        raise CampaignRefused(words)
    if campaign.state == CampaignState.STOPPED:
        raise CampaignRefused(f"The campaign {name} is stopped already.")
    _move(connection, campaign, CampaignState.STOPPED, ended_at=utc_now(), stop_reason=why)
    connection.execute(
        update(payment_links)
        .where(payment_links.c.campaign_id == campaign.id, payment_links.c.remind_at.is_not(None))
        .values(remind_at=None)
    )
    _record(connection, campaign, Act.CAMPAIGN_STOP, actor, why)
    return recall.call_off(connection, campaign.id, "the campaign was stopped")


def check_text(runtime: Runtime, campaign: Row[Any]) -> None:
    """CampaignRefused where its text, as it is published now, cannot be said by it."""
    texts.check_of(runtime, campaign)
    lengths.check(runtime, campaign.script_key, TextPolicy(campaign.text_policy))


def _check_people(connection: Connection, campaign: Row[Any]) -> None:
    some = exists().where(campaign_recipients.c.campaign_id == campaign.id)
    if not connection.execute(select(some)).scalar():
        raise CampaignRefused(f"The campaign {campaign.name} is for nobody yet: add people.")


def _move(connection: Connection, campaign: Row[Any], state: CampaignState, **more: object) -> None:
    changed = update(campaigns).where(campaigns.c.id == campaign.id)
    connection.execute(changed.values(state=state, **more))


def _record(
    connection: Connection, campaign: Row[Any], act: Act, actor: str, reason: str = ""
) -> None:
    audit.record(connection, Event(actor, act, f"campaign {campaign.id}", reason=reason))

"""The words of a campaign for one person, with a link of their own where its script names one."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from bot.campaigns import lengths, texts
from bot.campaigns.campaign import CampaignKind, TextPolicy
from bot.compliance import countries
from bot.dialogue.effects import CreatePaymentLink
from bot.dialogue.turn import Account, Reply
from bot.errors import ScriptError
from bot.messaging.answering import payment_link
from bot.messaging.answering.addressed import address
from bot.messaging.answering.payment_link import OfCampaign
from bot.messaging.answering.render import Rendered, placeholders
from bot.messaging.answering.work import Writing
from bot.messaging.outbox import About
from bot.text.language import Language


@dataclass(frozen=True)
class Worded:
    """What is said to somebody, what it is about, and for how long it is of use, if not as long as
    others of its class."""

    message: Rendered
    about: About
    lasts: timedelta | None = None


def carries_link(writing: Writing, campaign: Row[Any]) -> bool:
    """Whether a campaign's text for this person has a payment link; ScriptError without a text."""
    return texts.URL in _placeholders(writing, campaign)


def tells_amount(writing: Writing, campaign: Row[Any]) -> bool:
    """Whether a campaign's text for this person tells an amount; ScriptError without a text."""
    return texts.AMOUNT in _placeholders(writing, campaign)


def _placeholders(writing: Writing, campaign: Row[Any]) -> Collection[str]:
    language, scripts = Language(writing.row.language), writing.runtime.scripts
    place = countries.of_number(writing.row.number, countries.shipped()).name
    return placeholders(Reply(campaign.script_key), language, scripts, place)


def word(writing: Writing, campaign: Row[Any], account: Account) -> Worded:
    """A campaign's text for the person of an account; it makes the link.

    Raises ScriptError and TemplateError where it cannot be said, or is longer than its policy lets
    it be.
    """
    language = Language(writing.row.language)
    reply = Reply(campaign.script_key, {"name": account.name, texts.AMOUNT: account.due})
    # A payment ends dunning alone.
    of_account = account.id if campaign.kind == CampaignKind.DUNNING else None
    if not carries_link(writing, campaign):
        message = _rendered(writing, campaign, reply)
        return Worded(message, About(of_account, None, campaign.id))
    wanted, of_campaign = CreatePaymentLink(account.id), OfCampaign.of(campaign)
    made = payment_link.make(wanted, language, [reply], writing, of_campaign)
    whole = Reply(reply.key, {**reply.values, "url": made["url"], "expires": made["expires"]})
    lasts: timedelta = made["expires"] - writing.row.now
    about = replace(made[payment_link.ABOUT], account_id=of_account)
    return Worded(_rendered(writing, campaign, whole), about, lasts)


def _rendered(writing: Writing, campaign: Row[Any], reply: Reply) -> Rendered:
    language = Language(writing.row.language)
    message = address(writing.connection, writing.runtime, writing.row, reply, language)
    assert message is not None
    policy = TextPolicy(campaign.text_policy)
    if why := lengths.too_long(campaign.script_key, message.body, policy):
        raise ScriptError(why)
    return message

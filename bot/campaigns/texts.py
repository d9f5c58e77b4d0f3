"""Which scripts a campaign may say, and what fills their placeholders."""

from typing import Any

from sqlalchemy import Row

from bot.campaigns.campaign import CampaignKind, messages_of
from bot.errors import CampaignRefused
from bot.runtime import Runtime
from bot.scripts.edition import EVERYWHERE, Edition
from bot.scripts.script import Script, Tag
from bot.setting_types import Disclosure
from bot.text.language import Language

URL = "url"
AMOUNT = "amount"


def available(edition: Edition) -> list[str]:
    """The keys of the scripts that are for campaigns, in order."""
    return sorted({key for (key, _), one in edition.scripts.items() if Tag.CAMPAIGN in one.tags})


def check(
    edition: Edition, key: str, kind: CampaignKind, disclosure: Disclosure, on_page: bool = False
) -> None:
    """CampaignRefused, with a sentence, where such a campaign cannot say a script; `on_page` is one
    with a message for its page."""
    if key not in (known := available(edition)):
        raise CampaignRefused(f"{key[:60]} is no text for campaigns; there are {', '.join(known)}.")
    for language in Language:
        _check_one(edition.scripts[key, language], kind, filled(kind, disclosure, on_page))
        if on_page and URL not in edition.scripts[key, language].placeholders:
            words = f"{key} has no {{{URL}}}: nobody would come to the message on the page."
            raise CampaignRefused(words)


def check_of(runtime: Runtime, campaign: Row[Any]) -> None:
    """CampaignRefused where a campaign cannot say its text, as texts and settings are now."""
    told = campaign.disclosure
    disclosure = Disclosure(told) if told else runtime.settings.HENJI_DISCLOSURE
    key, kind, on_page = campaign.script_key, CampaignKind(campaign.kind), messages_of(campaign)
    check(runtime.edition, key, kind, disclosure, bool(on_page))


def filled(kind: CampaignKind, disclosure: Disclosure, on_page: bool = False) -> frozenset[str]:
    """The placeholders that get a value in such a campaign."""
    is_dunning = kind is CampaignKind.DUNNING
    of_link = {URL, "expires"} if is_dunning or on_page else set[str]()
    told = {AMOUNT} if is_dunning and disclosure is Disclosure.IN_TEXT else set[str]()
    return frozenset({"name", *of_link, *told}) | EVERYWHERE


def _check_one(script: Script, kind: CampaignKind, filled: frozenset[str]) -> None:
    advertises = Tag.PROMOTIONAL in script.tags
    if advertises is not (kind is CampaignKind.PROMOTION):
        words = "advertises: only a promotion" if advertises else "does not advertise: no promotion"
        raise CampaignRefused(f"{script.key} {words} says it.")
    missing = script.placeholders - filled
    if AMOUNT in missing and kind is CampaignKind.DUNNING:
        raise CampaignRefused(f"{script.key} tells an amount: its disclosure must be in_text.")
    if missing:
        words = (
            f"Nothing fills {{{min(missing)}}} of {script.key} in a campaign of the kind {kind}."
        )
        raise CampaignRefused(words)

"""A payment link for the person of a conversation: as long a token as the text has room for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from bot.billing import deadlines, links
from bot.billing.links import Term
from bot.compliance import countries
from bot.dialogue.effects import CreatePaymentLink
from bot.dialogue.turn import Reply
from bot.messaging.answering import conversation
from bot.messaging.answering.render import placeholders, render
from bot.messaging.answering.work import Writing
from bot.messaging.outbox import About
from bot.messaging.sending import recall
from bot.text.language import Language

# Among the values: the link whose address is `url`.
ABOUT = "about"
# What `render` fills in by itself.
OF_COMPANY = ("brand", "contact", "support_phone")


@dataclass(frozen=True)
class OfCampaign:
    """The campaign that a link is made for, for how many hours such links are good, where that is
    not as long as others, and whether it is a notice: nobody is reminded of the end of its links,
    and they stand beside those for a payment."""

    id: int
    link_hours: int | None = None
    notice: bool = False

    @classmethod
    def of(cls, campaign: Row[Any]) -> "OfCampaign":
        """What a row of campaigns says of its links."""
        return cls(campaign.id, campaign.link_hours, notice=campaign.kind == "notice")


def make(
    wanted: CreatePaymentLink,
    language: Language,
    replies: Sequence[Reply],
    work: Writing,
    campaign: OfCampaign | None = None,
) -> Mapping[str, Any]:
    """Make a link for an account; the values `url` and `expires` for the replies.

    Its token is a long one, unless a reply would need a second segment for it.
    """
    settings, row = work.runtime.settings, work.row
    prefix = f"{settings.link_url}/p/"
    longest = prefix + "x" * links.LONG_TOKEN
    campaign_id = campaign.id if campaign else None
    term = _term(work, campaign.link_hours if campaign else None)
    notice = campaign is not None and campaign.notice
    if notice:
        term = Term(term.expires_at)
    fits = all(_is_one_segment(reply, longest, term, language, work) for reply in replies)
    length = links.LONG_TOKEN if fits else links.SHORT_TOKEN
    account_id, part = wanted.account_id, wanted.part
    if not notice:
        _replace(account_id, work)
    link = links.create(
        work.connection, row.id, account_id, language, term, part, length, campaign_id
    )
    return {
        "url": f"{prefix}{link.token}",
        "expires": link.expires_at,
        ABOUT: About(account_id, link.id, campaign_id),
    }


def wish_order(account_id: int, language: Language, work: Writing) -> None:
    """Make a link whose address nobody gets, through which a number for a store is ordered."""
    _replace(account_id, work)
    link = links.create(work.connection, work.row.id, account_id, language, _term(work))
    links.wish_order(work.connection, link.id)


def _replace(account_id: int, work: Writing) -> None:
    """End the account's payment links, and take back what reminds of their end."""
    recall.cancel_link_reminders(work.connection, account_id, "a new link was made")
    links.replace(work.connection, account_id)


def _term(work: Writing, hours: int | None = None) -> Term:
    """So many hours, or as long as the settings say; the person is reminded of its end by the
    nights of theirs."""
    now = work.row.now
    expires_at = now + timedelta(hours=hours or work.runtime.settings.HENJI_LINK_HOURS)
    country = countries.of_number(work.row.number, countries.shipped())
    return Term(expires_at, deadlines.remind_at(country, now, expires_at))


def _is_one_segment(reply: Reply, url: str, term: Term, language: Language, work: Writing) -> bool:
    """Whether a reply with this address is one segment; one without an address does not matter."""
    edition, row = work.runtime.edition, work.row
    place = countries.of_number(row.number, countries.shipped()).name
    asked = placeholders(reply, language, edition.scripts, place)
    if "url" not in asked:
        return True
    company = conversation.company_of(row, work.runtime.settings)
    # Another link of ours in the same text is as long.
    missing = asked - reply.values.keys() - {*OF_COMPANY}
    values = dict.fromkeys(missing, url) | {"expires": term.expires_at, **reply.values}
    whole = replace(reply, values={**values, "url": url})
    rendered = render(whole, language, edition, company, place)
    return rendered is None or rendered.segments == 1

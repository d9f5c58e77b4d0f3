"""Campaigns: the list, the form of the first step, and one campaign with all that follows."""

from collections.abc import Sequence
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Row, select

from bot.campaigns import page_message, progress, texts
from bot.campaigns.campaign import CampaignKind, TextPolicy
from bot.campaigns.estimate import Estimate, estimate
from bot.compliance import purposes
from bot.overview import campaigns
from bot.setting_types import Review
from bot.store.tables import senders
from bot.text.language import Language
from bot.text.whole import whole
from console import visitor
from console.screens import Screens

# The gate is asked about each person in turn, which takes milliseconds; a page shall not wait long.
MOST_ESTIMATED = 500


def page(screens: Screens) -> ResponseReturnValue:
    """All campaigns that the visitor may see."""
    with screens.runtime.engine.connect() as connection:
        found = campaigns.listed(connection, visitor.current().scope)
    return screens.show("campaigns/page", campaigns=found)


def new(screens: Screens, problem: str | None = None, status: int = 200) -> ResponseReturnValue:
    """The first step: what is sent by which sender; `problem` is a sentence."""
    here, edition = visitor.current(), screens.runtime.edition
    ours = select(senders.c.id, senders.c.number).where(here.scope.covers(senders.c.id))
    with screens.runtime.engine.connect() as connection:
        known = connection.execute(ours.order_by(senders.c.id)).all()
    keys = texts.available(edition)
    shown = screens.show(
        "campaigns/new",
        kinds=tuple(CampaignKind),
        purposes=[versions[0] for versions in purposes.shipped().values()],
        texts={key: [edition.scripts[key, each].text for each in Language] for key in keys},
        senders=known,
        may_choose_none=here.scope.department_id is None,
        policies=(TextPolicy.LONG, TextPolicy.SHORT),
        longest=page_message.LONGEST,
        filled=", ".join(f"{{{name}}}" for name in sorted(page_message.FILLED)),
        problem=problem,
    )
    return shown, status


def one(
    screens: Screens,
    campaign_id: int,
    problem: str | None = None,
    status: int = 200,
    lines: Sequence[tuple[int, str]] = (),
) -> ResponseReturnValue:
    """One campaign and its next steps; `lines` are those of a file that could not be used."""
    past = whole(request.args.get("after", "")) or 0
    with screens.runtime.engine.connect() as connection:
        row = seen(connection, campaign_id)
        people = campaigns.recipients(connection, campaign_id, past)
        made = progress.of_campaign(connection, campaign_id)
    shown = screens.show(
        "campaigns/one",
        row=row,
        people=people,
        next=people[-1].account_id if len(people) == campaigns.PAGE else None,
        progress=made,
        estimate=_estimate(screens, row),
        reviewed=screens.runtime.settings.HENJI_CAMPAIGNS_REVIEW is Review.ON,
        problem=problem,
        lines=lines,
        most=MOST_ESTIMATED,
        longest_reason=visitor.LONGEST_REASON,
    )
    return shown, status


def seen(connection: Connection, campaign_id: int) -> Row[Any]:
    """A campaign, if the visitor may see it; else there is none."""
    row = campaigns.find(connection, visitor.current().scope, campaign_id)
    if row is None:
        abort(404)
    return row


def _estimate(screens: Screens, row: Row[Any]) -> Estimate | None:
    """What would become of it now, where that is asked for and the people are few enough."""
    asked = "check" in request.args and 0 < row.people <= MOST_ESTIMATED
    return estimate(screens.runtime, row) if asked else None

"""`/campaigns` and everything below it."""

from functools import partial

from flask import Blueprint

from console.campaigns import acts, pages
from console.screens import Screens


def door(screens: Screens) -> Blueprint:
    """The list, the form of the first step, a page for each campaign, and the acts."""
    campaigns = Blueprint("campaigns", __name__, url_prefix="/campaigns")
    campaigns.add_url_rule("", "page", partial(pages.page, screens))
    campaigns.add_url_rule("/new", "new", partial(pages.new, screens))
    campaigns.add_url_rule("/new", "add", partial(acts.add, screens), methods=["POST"])
    campaigns.add_url_rule("/<int:campaign_id>", "one", partial(pages.one, screens))
    for act in (acts.people, acts.approve, acts.start, acts.stop):
        rule = f"/<int:campaign_id>/{act.__name__}"
        campaigns.add_url_rule(rule, act.__name__, partial(act, screens), methods=["POST"])
    return campaigns

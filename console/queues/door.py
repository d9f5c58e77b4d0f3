"""`/queues` and everything below it."""

from functools import partial

from flask import Blueprint

from console.queues import acts, pages
from console.screens import Screens


def door(screens: Screens) -> Blueprint:
    """A page for each queue, how much each holds, and the acts."""
    queues = Blueprint("queues", __name__, url_prefix="/queues")
    queues.add_url_rule("", "first", pages.first)
    queues.add_url_rule("/counts", "counts", partial(pages.counts, screens))
    queues.add_url_rule("/<queue>", "page", partial(pages.page, screens))
    for rule, act in (
        ("/messages/retry", acts.retry),
        ("/messages/discard", acts.discard),
        ("/holds/<int:contact_id>/release", acts.release),
        ("/alerts/<int:alert_id>/settle", acts.settle),
    ):
        queues.add_url_rule(rule, act.__name__, partial(act, screens), methods=["POST"])
    return queues

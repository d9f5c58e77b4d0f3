"""`/rehearsal` and everything below it."""

from functools import partial

from flask import Blueprint

from console.rehearsal import dry_run, flows, gallery, replay, simulator, talks
from console.screens import Screens


def door(screens: Screens) -> Blueprint:
    """The simulator, the talks, what real texts would be answered, flows, and ready scripts."""
    pages = Blueprint("rehearsal", __name__, url_prefix="/rehearsal")
    play = partial(simulator.page, screens)
    pages.add_url_rule("", "simulator", play)
    pages.add_url_rule("", "say", play, methods=["POST"])
    pages.add_url_rule("/talks", "saved_talks", partial(talks.page, screens))
    pages.add_url_rule("/dry-run", "dry_run", partial(dry_run.page, screens))
    pages.add_url_rule("/replay", "replay", partial(replay.page, screens))
    pages.add_url_rule("/flows", "flows", partial(flows.first, screens))
    pages.add_url_rule("/flows/<name>", "flow", partial(flows.one, screens))
    pages.add_url_rule("/gallery", "gallery", partial(gallery.page, screens))
    for rule, act in (
        ("/talks", simulator.save),
        ("/talks/forget", talks.forget),
        ("/gallery", gallery.take),
    ):
        pages.add_url_rule(rule, act.__name__, partial(act, screens), methods=["POST"])
    return pages

"""`/conversations` and everything below it."""

from functools import partial

from flask import Blueprint

from console.conversations import acts, evidence, first, lists, live, one, record
from console.conversations.watch import Watch
from console.screens import Screens


def door(screens: Screens) -> Blueprint:
    """The pages, their parts, the acts and the stream."""
    pages = Blueprint("conversations", __name__, url_prefix="/conversations")
    watch = Watch(screens.runtime.engine)
    pages.add_url_rule("", "page", partial(lists.page, screens))
    pages.add_url_rule("/list", "part", partial(lists.part, screens))
    pages.add_url_rule("/stream", "stream", partial(live.stream, watch))
    pages.add_url_rule("/changes", "changes", partial(live.changes, screens))
    pages.add_url_rule("/new", "new", partial(first.page, screens))
    pages.add_url_rule("/new", "write", partial(first.write, screens), methods=["POST"])
    pages.add_url_rule("/new/count", "count", partial(first.count, screens), methods=["POST"])
    pages.add_url_rule("/<int:conversation_id>", "one", partial(one.page, screens))
    pages.add_url_rule("/<int:conversation_id>/talk", "talk", partial(one.talk, screens))
    pages.add_url_rule(
        "/<int:conversation_id>/evidence", "evidence", partial(evidence.page, screens)
    )
    pages.add_url_rule(
        "/<int:conversation_id>/proof", "proof", partial(evidence.bundle, screens), methods=["POST"]
    )
    pages.add_url_rule(
        "/<int:conversation_id>/record", "record", partial(record.page, screens), methods=["POST"]
    )
    for act in (acts.take, acts.hand_back, acts.send, acts.typing, acts.note, acts.unmask):
        rule = f"/<int:conversation_id>/{act.__name__.replace('_', '-')}"
        pages.add_url_rule(rule, act.__name__, partial(act, screens), methods=["POST"])
    return pages

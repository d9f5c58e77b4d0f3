"""`/scripts` and everything below it."""

from functools import partial

from flask import Blueprint

from console.screens import Screens
from console.scripts import draft_pages, editor, listing, publications, reviewing


def door(screens: Screens) -> Blueprint:
    """The list, an editor for each key, drafts, publications, and the acts."""
    scripts = Blueprint("scripts", __name__, url_prefix="/scripts")
    for rule, page in (
        ("", listing.everything),
        ("/drafts", draft_pages.drafts_page),
        ("/drafts/<int:draft_id>", draft_pages.draft),
        ("/publications", publications.history),
        ("/publications/<int:number>", publications.publication),
        ("/<key>", editor.one),
        ("/<key>/versions", publications.versions),
    ):
        scripts.add_url_rule(rule, page.__name__, partial(page, screens))
    for rule, act in (
        ("/<key>", editor.save),
        ("/<key>/look", editor.look),
        ("/drafts/<int:draft_id>/forget", reviewing.forget),
        ("/drafts/<int:draft_id>/ask", reviewing.ask),
        ("/drafts/<int:draft_id>/approve", reviewing.approve),
        ("/drafts/<int:draft_id>/send-back", reviewing.send_back),
        ("/drafts/<int:draft_id>/withdraw", reviewing.withdraw),
        ("/drafts/<int:draft_id>/publish", reviewing.publish),
        ("/publications/<int:number>/cancel", publications.cancel),
        ("/publications/<int:number>/take-back", publications.take_back),
    ):
        scripts.add_url_rule(rule, act.__name__, partial(act, screens), methods=["POST"])
    return scripts

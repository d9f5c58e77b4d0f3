"""A reply in the exact words for the conversation it goes to: its sender's names, its own links."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection

from bot.compliance import countries, opt_out_links
from bot.dialogue.turn import Reply
from bot.messaging.answering import conversation
from bot.messaging.answering.conversation import Locked
from bot.messaging.answering.render import Rendered, placeholders, render
from bot.runtime import Runtime
from bot.text.language import Language

OPT_OUT_URL = "opt_out_url"


def address(
    connection: Connection, runtime: Runtime, row: Locked, reply: Reply, language: Language
) -> Rendered | None:
    """Render a reply for a locked conversation; None where it may stay unsaid and has no script.

    A country may have words of its own. A script that uses {opt_out_url} gets a link of this
    conversation's, made in this transaction.
    """
    place = countries.of_number(row.number, countries.shipped()).name
    edition = runtime.edition
    asked = placeholders(reply, language, edition.scripts, place)
    links = _link(connection, runtime, row) if OPT_OUT_URL in asked else {}
    company = conversation.company_of(row, runtime.settings)
    whole = replace(reply, values={**links, **reply.values}) if links else reply
    return render(whole, language, edition, company, place)


def _link(connection: Connection, runtime: Runtime, row: Locked) -> Mapping[str, object]:
    token = opt_out_links.create(connection, row.id)
    return {OPT_OUT_URL: f"{runtime.settings.link_url}/o/{token}"}

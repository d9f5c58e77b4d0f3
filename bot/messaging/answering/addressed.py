"""A reply in the exact words for the conversation it goes to: its sender's names, its own links."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection

from bot.compliance import opt_out_links
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

    A script that uses {opt_out_url} gets a link of this conversation's, made in this transaction.
    """
    links = _links(connection, runtime, row, reply, language)
    company = conversation.company_of(row, runtime.settings)
    whole = replace(reply, values={**links, **reply.values}) if links else reply
    return render(whole, language, runtime.scripts, company)


def _links(
    connection: Connection, runtime: Runtime, row: Locked, reply: Reply, language: Language
) -> Mapping[str, object]:
    if OPT_OUT_URL not in placeholders(reply, language, runtime.scripts):
        return {}
    token = opt_out_links.create(connection, row.id)
    return {OPT_OUT_URL: f"{runtime.settings.link_url}/o/{token}"}

"""One conversation: the talk, what stands beside it, and what its composer offers."""

from dataclasses import dataclass
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Row

from bot.messaging.taking_over import canned, reply, takeover
from bot.overview import story
from bot.overview.written import moment_of
from bot.senders.company import Company
from bot.text.language import Language
from console import visitor
from console.conversations.watch import latest_change
from console.screens import Screens


@dataclass(frozen=True)
class Composer:
    """What the visitor can do: `state` is bot, mine, other or stopped; `holder` is who has it."""

    state: str
    holder: str | None = None

    @property
    def key(self) -> str:
        """What tells a page whether its composer is still the right one."""
        return f"{self.state}:{self.holder or ''}"


def page(
    screens: Screens, conversation_id: int, problem: str | None = None, status: int = 200
) -> ResponseReturnValue:
    """The whole page; `problem` says why the last act was refused."""
    with screens.runtime.engine.connect() as connection:
        since = latest_change(connection)
        row = seen(connection, conversation_id)
        beside = story.side(connection, screens.runtime.vault, row)
        values = _values(screens, row, beside)
        shown = screens.show(
            "conversations/one",
            side=beside,
            since=since,
            canned=canned.prepared(connection, Language(row.language), values),
            problem=problem,
            text=request.form.get("text", ""),
            longest=reply.LONGEST,
            **_talk(connection, row),
        )
    return shown, status


def talk(screens: Screens, conversation_id: int) -> ResponseReturnValue:
    """The talk alone, for a page that is open."""
    with screens.runtime.engine.connect() as connection:
        row = seen(connection, conversation_id)
        return screens.show("conversations/talk", **_talk(connection, row))


def seen(connection: Connection, conversation_id: int) -> Row[Any]:
    """The conversation, if the visitor may see it; else there is none."""
    row = story.find(connection, visitor.current().scope, conversation_id)
    if row is None:
        abort(404)
    return row


def _talk(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    before = moment_of(request.args.get("before", ""))
    bubbles = story.bubbles(connection, row.id, before)
    return {
        "row": row,
        "bubbles": bubbles,
        "older": bubbles[0].at.isoformat() if len(bubbles) == story.PAGE else None,
        "is_latest": before is None,
        "composer": _composer(connection, row),
    }


def _composer(connection: Connection, row: Row[Any]) -> Composer:
    holder = takeover.holder_of(row)
    if holder is not None and holder != visitor.current().member.id:
        return Composer("other", row.holder)
    if reply.is_stopped(connection, row):
        return Composer("stopped", row.holder if holder is not None else None)
    return Composer("mine" if holder is not None else "bot")


def _values(screens: Screens, row: Row[Any], beside: story.Side) -> dict[str, str]:
    """What canned replies may name."""
    company = Company.of(screens.runtime.settings)
    names = {account.name for account in beside.accounts}
    return {
        "brand": company.brand(Language(row.language)),
        "support_phone": company.support_phone,
        "name": names.pop() if len(names) == 1 else "",
    }

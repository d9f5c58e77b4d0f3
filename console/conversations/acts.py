"""What staff do in a conversation: take over, reply, hand back, note, and see the whole number."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, insert

from bot.audit import Act
from bot.errors import TakeoverRefused
from bot.messaging import doorbell
from bot.messaging.taking_over import reply, takeover
from bot.scripts.checker import billing
from bot.store.session import transact
from bot.store.tables import conversation_notes
from bot.store.tables.overview import LONGEST_NOTE
from bot.text import phone, segments
from console import visitor
from console.conversations import one
from console.screens import Screens


def take(screens: Screens, conversation_id: int) -> ResponseReturnValue:
    """Answer instead of the bot, or instead of somebody else where the form says so."""
    me, force = visitor.current().member.id, "force" in request.form

    def act(connection: Connection) -> None:
        if takeover.take(connection, conversation_id, me, lasts(screens), force):
            keep(connection, Act.TAKE_OVER, conversation_id)

    return _act(screens, conversation_id, act)


def hand_back(screens: Screens, conversation_id: int) -> ResponseReturnValue:
    """Let the bot answer again."""
    me = visitor.current().member

    def act(connection: Connection) -> None:
        takeover.hand_back(connection, conversation_id, me.id, me.actor)
        keep(connection, Act.HAND_BACK, conversation_id)

    return _act(screens, conversation_id, act)


def send(screens: Screens, conversation_id: int) -> ResponseReturnValue:
    """Send what the visitor wrote."""
    me, text = visitor.current().member.id, request.form.get("text", "")

    def act(connection: Connection) -> None:
        count = reply.send(connection, conversation_id, me, text, lasts(screens))
        keep(connection, Act.SEND, conversation_id, details={"segments": count})

    answer = _act(screens, conversation_id, act)
    doorbell.ring(screens.runtime)
    return answer


def typing(screens: Screens, conversation_id: int) -> ResponseReturnValue:
    """How long the text is; who writes keeps the conversation meanwhile."""
    me, lost = visitor.current().member.id, None

    def work(connection: Connection) -> None:
        one.seen(connection, conversation_id)
        takeover.go_on(connection, conversation_id, me, lasts(screens))

    try:
        transact(screens.runtime.engine, work)
    except TakeoverRefused as refused:
        lost = refused.why
    return count(screens, request.form.get("text", ""), lost)


def count(screens: Screens, text: str, lost: str | None = None) -> ResponseReturnValue:
    """How long a text is and what it costs at most; `lost` says that it cannot be sent any more."""
    body = segments.outgoing(text[: reply.LONGEST * 2]).strip()
    prices = billing.yen(body, screens.runtime.settings.yen_per_step).values()
    return screens.show(
        "conversations/count",
        letters=len(body),
        size=segments.count(body),
        yen=max((each["yen"] for each in prices if each["yen"] is not None), default=None),
        lost=lost,
        longest=reply.LONGEST,
    )


def note(screens: Screens, conversation_id: int) -> ResponseReturnValue:
    """Write something down that the person never sees."""
    me, body = visitor.current().member.id, request.form.get("note", "").strip()

    def act(connection: Connection) -> None:
        row = {"conversation_id": conversation_id, "staff_id": me, "body": body[:LONGEST_NOTE]}
        if body:
            connection.execute(insert(conversation_notes).values(row))
            keep(connection, Act.NOTE, conversation_id)

    return _act(screens, conversation_id, act)


def unmask(screens: Screens, conversation_id: int) -> ResponseReturnValue:
    """Show the whole number, once, for a reason that is kept."""
    reason = visitor.reason()

    def work(connection: Connection) -> str | None:
        row = one.seen(connection, conversation_id)
        if not reason:
            return None
        keep(connection, Act.UNMASK, conversation_id, reason=reason)
        return str(row.number)

    number = transact(screens.runtime.engine, work)
    if number is None:
        return _no_reason(screens, conversation_id)
    return screens.show("conversations/number", notations=phone.notations(number))


def _no_reason(screens: Screens, conversation_id: int) -> ResponseReturnValue:
    """What is missing, beside the form that asked for a part, or on the page of one without."""
    if "HX-Request" not in request.headers:
        return one.page(screens, conversation_id, "no_reason", 422)
    return screens.show("conversations/no_reason"), 422, {"HX-Retarget": "#no-reason"}


def _act(
    screens: Screens, conversation_id: int, act: Callable[[Connection], None]
) -> ResponseReturnValue:
    """Do something in a conversation that the visitor may see, and show it again."""

    def work(connection: Connection) -> None:
        one.seen(connection, conversation_id)
        act(connection)

    try:
        transact(screens.runtime.engine, work)
    except TakeoverRefused as refused:
        return one.page(screens, conversation_id, refused.why, 409)
    return redirect(url_for("conversations.one", conversation_id=conversation_id), 303)


def keep(
    connection: Connection,
    act: Act,
    conversation_id: int,
    reason: str = "",
    details: Mapping[str, object] | None = None,
) -> None:
    """Record an act in a conversation."""
    subject = f"conversation {conversation_id}"
    visitor.keep(
        connection, act, subject, conversation_id=conversation_id, reason=reason, details=details
    )


def lasts(screens: Screens) -> timedelta:
    """How long a takeover goes on after the last key."""
    return timedelta(minutes=screens.runtime.settings.HENJI_TAKEOVER_MINUTES)

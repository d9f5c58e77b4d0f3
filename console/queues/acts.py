"""What staff decide about what waits: the acts of `henji outbox` and `henji holds`, audited."""

from collections.abc import Callable

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from bot import alerts
from bot.alerts import Kind
from bot.audit import Act
from bot.compliance import reviews
from bot.dialogue.holds import HoldKind
from bot.errors import OutboxRefused
from bot.messaging import doorbell
from bot.messaging.sending import decisions
from bot.messaging.sending.undecided import conversations_of
from bot.overview import queues
from bot.overview.queues import Queue
from bot.store.session import transact
from bot.store.tables import conversations
from bot.text.whole import whole
from console import visitor
from console.queues import pages
from console.screens import Screens

Decide = Callable[[Connection, int, str, str], None]


def retry(screens: Screens) -> ResponseReturnValue:
    """Send the chosen messages after all: all of them, or none."""
    sure = "did_not_arrive" in request.form

    def decide(connection: Connection, message_id: int, actor: str, reason: str) -> None:
        decisions.retry(connection, message_id, actor, reason, did_not_arrive=sure)

    answer = _decide(screens, Act.MESSAGE_RETRY, decide)
    doorbell.ring(screens.runtime)
    return answer


def discard(screens: Screens) -> ResponseReturnValue:
    """Give the chosen messages up: all of them, or none."""
    return _decide(screens, Act.MESSAGE_DISCARD, decisions.discard)


def release(screens: Screens, contact_id: int) -> ResponseReturnValue:
    """End a hold on a person with whom the visitor's department texts."""
    here, reason, written = visitor.current(), visitor.reason(), request.form.get("kind", "")
    if written not in set(HoldKind):
        abort(404)
    kind = HoldKind(written)
    queue = Queue.QUESTIONS if kind is HoldKind.STOP_QUESTION else Queue.HOLDS

    def work(connection: Connection) -> str | None:
        conversation_id = queues.conversation_with(connection, here.scope, contact_id)
        if conversation_id is None:
            abort(404)
        if not reason:
            return "no_reason"
        ours = here.scope.covers(conversations.c.sender_id)
        if not reviews.release(connection, contact_id, kind, here.member.actor, reason, ours):
            return "gone"
        visitor.keep(
            connection,
            Act.HOLD_RELEASE,
            f"contact {contact_id}",
            conversation_id=conversation_id,
            reason=reason,
            details={"hold": kind},
        )
        return None

    return _after(screens, queue, transact(screens.runtime.engine, work))


def settle(screens: Screens, alert_id: int) -> ResponseReturnValue:
    """End an alert; it comes back where what it tells of does."""
    here, reason = visitor.current(), visitor.reason()

    def work(connection: Connection) -> str | None:
        row = queues.seen_alert(connection, here.scope, alert_id)
        if row is None:
            abort(404)
        if not reason:
            return "no_reason"
        kind = Kind(row.kind)
        if row.settled_at or not alerts.settle(
            connection, kind, row.subject, here.member.actor, reason
        ):
            return "gone"
        told = {"alert": kind, "about": row.subject}
        subject = f"alert {alert_id}"
        visitor.keep(connection, Act.ALERT_SETTLE, subject, reason=reason, details=told)
        return None

    return _after(screens, Queue.ALERTS, transact(screens.runtime.engine, work))


def _decide(screens: Screens, act: Act, decide: Decide) -> ResponseReturnValue:
    here, reason, chosen = visitor.current(), visitor.reason(), _chosen()

    def work(connection: Connection) -> None:
        seen = conversations_of(connection, chosen, here.scope)
        if len(seen) < len(chosen):
            abort(404)
        for message_id in chosen:
            decide(connection, message_id, here.member.actor, reason)
            subject, talk = f"message {message_id}", seen[message_id]
            visitor.keep(connection, act, subject, conversation_id=talk, reason=reason)

    if not chosen:
        return _after(screens, Queue.MESSAGES, "none_chosen")
    try:
        transact(screens.runtime.engine, work)
    except OutboxRefused as refused:
        return _after(screens, Queue.MESSAGES, refused.why, refused.message_id)
    return _after(screens, Queue.MESSAGES, None)


def _chosen() -> list[int]:
    """The ids of the messages that the form names."""
    found = {whole(each) for each in request.form.getlist("message")}
    return sorted(each for each in found if each is not None)


def _after(
    screens: Screens, queue: Queue, problem: str | None, message_id: int | None = None
) -> ResponseReturnValue:
    """The queue as it is now, with what was wrong if anything was."""
    if problem is None:
        flash("decided")
        kind = request.args.get("kind")
        return redirect(url_for("queues.page", queue=queue, kind=kind), 303)
    told = {"why": problem, "message": message_id}
    status = 422 if problem in {"no_reason", "none_chosen"} else 409
    return pages.page(screens, queue, told, status)

"""What staff do with a campaign: make it, say for whom, approve, start and stop it."""

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, select

from bot.billing.customer_rows import Refusal
from bot.campaigns import drafting, moving, numbers_file
from bot.campaigns import people as chosen
from bot.campaigns.campaign import CampaignKind, Plan, TextPolicy
from bot.errors import CampaignRefused, FileRefused, SenderRefused
from bot.store.session import transact
from bot.store.tables import senders
from console import visitor
from console.campaigns import pages
from console.screens import Screens

NO_SUCH_NUMBER = "no such customer number"


def add(screens: Screens) -> ResponseReturnValue:
    """Make a draft, and go on to its people."""
    here, form = visitor.current(), request.form

    def work(connection: Connection) -> int:
        plan = Plan(
            name=form.get("name", ""),
            kind=CampaignKind(form.get("kind", "")),
            purpose=form.get("purpose", ""),
            script_key=form.get("script", ""),
            sender=_sender(connection),
            hours=form.get("hours", ""),
            text_policy=TextPolicy(form.get("text_policy", TextPolicy.LONG)),
            message_ja=form.get("message_ja", ""),
            message_en=form.get("message_en", ""),
        )
        return drafting.create(connection, screens.runtime, plan, here.member.actor)

    try:
        campaign_id = transact(screens.runtime.engine, work)
    except CampaignRefused as refused:
        return pages.new(screens, refused.why, 422)
    except SenderRefused as refused:
        return pages.new(screens, str(refused), 422)
    except ValueError:
        return pages.new(screens, "The form offers no such choice.", 422)
    return redirect(url_for("campaigns.one", campaign_id=campaign_id), 303)


def people(screens: Screens, campaign_id: int) -> ResponseReturnValue:
    """Add the people of a file of customer numbers, or whoever owes something by a day."""
    refused: list[tuple[int, str]] = []
    actor = visitor.current().member.actor

    def work(connection: Connection, name: str) -> None:
        refused.clear()
        if day := request.form.get("due_by"):
            chosen.choose_due(connection, name, _day(day), actor)
            return
        rows = _rows()
        numbers = [row for row in rows if not isinstance(row, Refusal)]
        refused.extend((row.line, row.reason) for row in rows if isinstance(row, Refusal))
        found = chosen.choose(
            connection, screens.runtime.vault, name, [number for _, number in numbers], actor
        )
        refused.extend((line, NO_SUCH_NUMBER) for line, one in numbers if one in found.unknown)

    answer = _act(screens, campaign_id, work)
    return pages.one(screens, campaign_id, lines=sorted(refused)) if refused else answer


def approve(screens: Screens, campaign_id: int) -> ResponseReturnValue:
    """Let it be started, as somebody who neither made it nor chose its people."""
    actor = visitor.current().member.actor
    return _act(screens, campaign_id, lambda it, name: moving.approve(it, name, actor))


def start(screens: Screens, campaign_id: int) -> ResponseReturnValue:
    """Have it sent from now on."""
    actor, runtime = visitor.current().member.actor, screens.runtime
    return _act(screens, campaign_id, lambda it, name: moving.start(it, runtime, name, actor))


def stop(screens: Screens, campaign_id: int) -> ResponseReturnValue:
    """End it for good, and take back what still waits."""
    actor, reason = visitor.current().member.actor, visitor.reason()

    def work(connection: Connection, name: str) -> None:
        moving.stop(connection, name, actor, reason)

    return _act(screens, campaign_id, work)


def _act(
    screens: Screens, campaign_id: int, act: Callable[[Connection, str], None]
) -> ResponseReturnValue:
    """Do something with a campaign that the visitor may see, and show it again."""

    def work(connection: Connection) -> None:
        act(connection, pages.seen(connection, campaign_id).name)

    try:
        transact(screens.runtime.engine, work)
    except (CampaignRefused, FileRefused) as refused:
        return pages.one(screens, campaign_id, str(refused), 422)
    return redirect(url_for("campaigns.one", campaign_id=campaign_id), 303)


def _sender(connection: Connection) -> str | None:
    """The number that was chosen; a department must choose one of its own."""
    scope, written = visitor.current().scope, request.form.get("sender", "")
    if not written and scope.department_id is None:
        return None
    ours = select(senders.c.number).where(senders.c.id == int(written), scope.covers(senders.c.id))
    number: str | None = connection.execute(ours).scalar()
    if number is None:
        raise ValueError(written)
    return number


def _rows() -> list[tuple[int, str] | Refusal]:
    """The rows of the file that was sent; FileRefused for none."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise FileRefused("Choose a file, or a day.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        file.save(path)
        return list(numbers_file.read(path))


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise CampaignRefused("The day must be such as 2026-12-25.") from None

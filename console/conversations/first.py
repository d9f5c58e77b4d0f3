"""The form by which a member of staff writes to somebody first."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, select

from bot.audit import Act
from bot.billing.links import LONG_TOKEN
from bot.billing.questions import LONGEST_ANSWER
from bot.compliance import purposes
from bot.errors import FirstRefused, TakeoverRefused
from bot.messaging import doorbell
from bot.messaging.taking_over import behind, canned, first, reply
from bot.messaging.taking_over.behind import Behind
from bot.messaging.taking_over.first import Letter, Written
from bot.senders.company import Company
from bot.store.session import transact
from bot.store.tables import senders
from bot.text.language import Language
from bot.text.whole import whole
from console import visitor
from console.conversations import acts
from console.conversations.acts import keep, lasts
from console.screens import Screens, moment, say, wished_language

_sender = senders.c


def page(
    screens: Screens, refused: Mapping[str, str] | None = None, status: int = 200
) -> ResponseReturnValue:
    """The form; `refused` says why what was sent was not taken."""
    with screens.runtime.engine.connect() as connection:
        shown = screens.show(
            "conversations/first",
            senders=_senders(connection),
            purposes=[purposes.current(purposes.shipped(), key) for key in purposes.shipped()],
            canned=_canned(screens, connection),
            text=request.form.get("text") or _frame(screens),
            refused=refused,
            longest=reply.LONGEST,
            url=behind.URL,
            longest_content=behind.LONGEST,
            longest_password=LONGEST_ANSWER,
        )
    return shown, status


def write(screens: Screens) -> ResponseReturnValue:
    """Send it and open its conversation, or say why it is not sent."""
    me, letter = visitor.current().member.id, _letter()

    def work(connection: Connection) -> Written | None:
        if letter is None or letter.sender_id not in {one.id for one in _senders(connection)}:
            return None
        written = first.write(connection, screens.runtime, me, letter, lasts(screens))
        told = {"purpose": letter.purpose}
        keep(connection, Act.WRITE_FIRST, written.conversation_id, details=told)
        return written

    try:
        written = transact(screens.runtime.engine, work)
    except (FirstRefused, TakeoverRefused) as refused:
        return page(screens, {"why": refused.why, "words": str(refused)}, 422)
    if written is None:
        return page(screens, {"why": "no_choice", "words": ""}, 422)
    doorbell.ring(screens.runtime)
    if written.at is not None:
        at = moment(written.at, wished_language())
        flash(say(wished_language(), "first_later", at=at), "sentence")
    return redirect(url_for("conversations.one", conversation_id=written.conversation_id), 303)


def count(screens: Screens) -> ResponseReturnValue:
    """How long the text is with the address of its page, and what it costs at most."""
    address = behind.address(screens.runtime.settings, "x" * LONG_TOKEN)
    return acts.count(screens, request.form.get("text", "").replace(behind.URL, address))


def _letter() -> Letter | None:
    """What the form says; None for a choice that it does not offer."""
    form = request.form
    sender, purpose = whole(form.get("sender", "")), form.get("purpose", "")
    if sender is None or purpose not in purposes.shipped():
        return None
    told = Behind(form.get("content", ""), form.get("password", ""))
    return Letter(sender, form.get("number", ""), purpose, form.get("text", ""), told)


def _senders(connection: Connection) -> Any:
    """Those of the visitor's department that are in service."""
    ours = select(_sender.id, _sender.number).where(
        visitor.current().scope.covers(_sender.id),
        _sender.enabled_at.is_not(None),
        _sender.retired_at.is_(None),
    )
    return connection.execute(ours.order_by(_sender.id)).all()


def _canned(screens: Screens, connection: Connection) -> list[canned.Canned]:
    """Those in both languages: nobody knows yet which one it will be."""
    company = Company.of(screens.runtime.settings)
    known = {"support_phone": company.support_phone, "name": ""}
    return [
        one
        for language in Language
        for one in canned.prepared(
            connection, language, {**known, "brand": company.brand(language)}
        )
    ]


def _frame(screens: Screens) -> str:
    """What the first text to somebody must say in any case."""
    language = wished_language()
    brand = Company.of(screens.runtime.settings).brand(language)
    return say(language, "first_frame", brand=brand)

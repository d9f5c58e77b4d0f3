"""What proves a person's consent, opened for auditors: a page, and the bundle to take along."""

import io
import zipfile
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Row

from bot.audit import Act
from bot.compliance import proof, proof_page
from bot.compliance.proof import Wanted
from bot.store.session import transact
from console import visitor
from console.conversations import one
from console.screens import Screens, wished_language


def page(screens: Screens, conversation_id: int) -> ResponseReturnValue:
    """The person's entries, the newest first, with their evidence."""
    row = _looked_at(screens, conversation_id, Act.EVIDENCE_VIEW)
    with screens.runtime.engine.connect() as connection:
        wanted, scope = Wanted(row.number), visitor.current().scope
        entries = proof.opened(connection, screens.runtime.vault, wanted, scope)
    return screens.show(
        "conversations/evidence",
        row=row,
        entries=entries[::-1],
        words=proof_page.words_of(wished_language()),
        to_the_second=proof_page.moment,
    )


def bundle(screens: Screens, conversation_id: int) -> ResponseReturnValue:
    """What `henji consent export` writes about the person, as one archive."""
    row, runtime = _looked_at(screens, conversation_id, Act.PROOF_EXPORT), screens.runtime
    with runtime.engine.connect() as connection:
        wanted, scope = Wanted(row.number), visitor.current().scope
        made = proof.bundle(connection, runtime.vault, runtime.settings, wanted, scope)
    answer = Response(_archive(made), mimetype="application/zip")
    name = f"henji-proof-{conversation_id}.zip"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _archive(made: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("proof.json", proof.as_json(made))
        archive.writestr("proof.html", proof_page.as_page(made, wished_language()))
    return file.getvalue()


def _looked_at(screens: Screens, conversation_id: int, act: Act) -> Row[Any]:
    """The conversation; that somebody looks is kept before anything is opened."""

    def work(connection: Connection) -> Row[Any]:
        row = one.seen(connection, conversation_id)
        subject = f"conversation {conversation_id}"
        visitor.keep(connection, act, subject, conversation_id=conversation_id)
        return row

    return transact(screens.runtime.engine, work)

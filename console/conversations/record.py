"""The full record of one person, for a reason that is kept: a page to print, CSV or JSON lines."""

from collections.abc import Iterator, Sequence
from functools import partial

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Row

from bot.audit import Act
from bot.overview import record
from bot.overview.record import Line
from bot.store.session import transact
from bot.text import json_lines
from bot.text.format import TOKYO
from bot.text.language import Language
from console import csv_file, visitor
from console.conversations import facts, one
from console.conversations.acts import keep
from console.screens import Screens, author, told, wished_language

COLUMNS = ("at", "what", "sender", "who", "text", "facts")
LINES = "application/jsonl"


def page(screens: Screens, conversation_id: int) -> ResponseReturnValue:
    """The record in the form that is asked for; without a reason the conversation asks for one."""
    reason, language = visitor.reason(), wished_language()
    form = request.form.get("form", "page")

    def work(connection: Connection) -> tuple[Row[object], list[Line]] | None:
        row = one.seen(connection, conversation_id)
        if not reason:
            return None
        keep(connection, Act.RECORD_EXPORT, conversation_id, reason, {"form": form})
        scope, vault = visitor.current().scope, screens.runtime.vault
        return row, record.of_person(connection, vault, row.number, scope)

    found = transact(screens.runtime.engine, work)
    if found is None:
        return one.page(screens, conversation_id, "no_record_reason", 422)
    row, lines = found
    name = f"henji-record-{conversation_id}"
    match form:
        case "csv":
            columns = [told(language, "record", column) for column in COLUMNS]
            return csv_file.streamed(f"{name}.csv", columns, _cells(language, lines))
        case "jsonl":
            answer = Response(map(json_lines.line, (each.as_dict() for each in lines)), 200)
            answer.mimetype = LINES
            answer.headers["Content-Disposition"] = f"attachment; filename={name}.jsonl"
            return answer
    return screens.show(
        "conversations/record",
        row=row,
        lines=lines,
        reason=reason,
        in_words=partial(facts.in_words, language),
    )


def _cells(language: Language, lines: Sequence[Line]) -> Iterator[Sequence[str]]:
    for line in lines:
        yield (
            line.at.astimezone(TOKYO).isoformat(timespec="seconds"),
            told(language, "record", line.kind),
            line.sender or "",
            author(language, line.who),
            line.text,
            "; ".join(f"{name}: {value}" for name, value in facts.in_words(language, line)),
        )

"""The figures as a CSV file, a line for each day and sender; there is no personal data in it."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from bot.audit import Act
from bot.messaging.reports.texts import Outcome
from bot.overview.dashboard import reading
from bot.overview.dashboard.asked import Asked
from bot.overview.dashboard.figures import Figure, Figures
from bot.staff import departments
from bot.store.session import transact
from bot.text import spreadsheet
from console import visitor
from console.dashboard.page import read_asked
from console.screens import Screens

Cell = str | int | float | None


def _of(figure: Figure, detail: str | None = None) -> Callable[[Figures], Cell]:
    if detail is None:
        return lambda figures: figures.total(figure)
    return lambda figures: figures.by(figure).get(detail, 0)


COLUMNS: Mapping[str, Callable[[Figures], Cell]] = {
    "sent": _of(Figure.ATTEMPTS),
    "arrived": _of(Figure.ATTEMPTS_ARRIVED),
    "lost": _of(Figure.ATTEMPTS_LOST),
    "segments": _of(Figure.SEGMENTS),
    "segments_arrived": _of(Figure.SEGMENTS_ARRIVED),
    "segments_lost": _of(Figure.SEGMENTS_LOST),
    "bot_messages": _of(Figure.SENT),
    "answered": _of(Figure.ANSWERED),
    "median_seconds_to_reply": lambda figures: figures.reply_seconds,
    "received": _of(Figure.RECEIVED),
    "not_understood": _of(Figure.RECEIVED, Outcome.NOT_UNDERSTOOD),
    "clarified": _of(Figure.RECEIVED, Outcome.CLARIFIED),
    "median_seconds_to_answer": lambda figures: figures.answer_seconds,
    "opt_outs": _of(Figure.STOPPED),
    "payment_pages": _of(Figure.PAGES),
    "payments": _of(Figure.PAYMENTS),
}


def export(screens: Screens) -> ResponseReturnValue:
    """The file of what the address asks for; the export is an act of the audit log."""
    asked = read_asked()

    def work(connection: Connection) -> str:
        details = {"asked": [f"{name}={value}" for name, value in asked.address().items()]}
        visitor.keep(connection, Act.EXPORT, "dashboard", details=details)
        return _csv(connection, asked)

    answer = Response(transact(screens.runtime.engine, work), mimetype="text/csv")
    name = f"henji-{asked.since}-{asked.until}.csv"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _csv(connection: Connection, asked: Asked) -> str:
    file = io.StringIO()
    # Excel reads UTF-8 by this mark alone.
    file.write("\ufeff")
    writer = csv.writer(file)
    writer.writerow(["day", "department", "sender", *COLUMNS])
    for row in _rows(connection, asked):
        writer.writerow([spreadsheet.plain(str(cell)) for cell in row])
    return file.getvalue()


def _rows(connection: Connection, asked: Asked) -> Iterator[list[Cell | date]]:
    found = departments.everyone(connection)
    for (day, number), figures in reading.by_sender(connection, asked).items():
        whose = "; ".join(each.name for each in found if number in each.senders.values())
        values = (value(figures) for value in COLUMNS.values())
        yield [day, whose, number, *("" if it is None else it for it in values)]

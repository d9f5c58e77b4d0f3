"""A table as a file to take along, written line by line as it is read, whose cells never run."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from flask import Response

from bot.text import spreadsheet

# Excel reads UTF-8 by this mark alone.
MARK = "\ufeff"


class _Line:
    """What a writer of CSV writes to: it gives each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def streamed(name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """A download of this name; `rows` are read while it is sent."""
    answer = Response(_lines(columns, rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _lines(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield MARK
    for row in chain([columns], rows):
        yield writer.writerow([spreadsheet.plain(cell) for cell in row])

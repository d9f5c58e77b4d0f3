"""The file of people for a campaign: a CSV with a column of customer numbers."""

import csv
from collections.abc import Iterator
from pathlib import Path

from bot.billing import cells
from bot.billing.cells import CellRefused
from bot.billing.customer_file import MOST_ROWS, column, content_of, lines
from bot.billing.customer_rows import Refusal
from bot.errors import FileRefused

COLUMN = "customer_number"


def read(path: Path) -> Iterator[tuple[int, str] | Refusal]:
    """Each row's line and customer number, or why it has none; other columns are ignored.

    Raises FileRefused for what is no such CSV, in UTF-8 or CP932, or over 50 MB.
    """
    rows = csv.reader(lines(content_of(path)), strict=True)
    try:
        header = [column(cell) for cell in next(rows, [])]
        if header.count(COLUMN) != 1:
            raise FileRefused(f"The first line must name the column {COLUMN}, once.")
        at = header.index(COLUMN)
        for count, row in enumerate(rows):
            if count == MOST_ROWS:
                raise FileRefused(f"The file has over {MOST_ROWS:,} rows: split it.")
            if any(cell.strip() for cell in row):
                yield _number(row, at, rows.line_num)
    except csv.Error:
        words = f"The file is not a CSV: look at the quotation marks near line {rows.line_num}."
        raise FileRefused(words) from None


def _number(row: list[str], at: int, line: int) -> tuple[int, str] | Refusal:
    try:
        return line, cells.customer_number(row[at] if at < len(row) else "")
    except CellRefused as refused:
        return Refusal(line, str(refused))

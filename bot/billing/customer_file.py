"""The customer file: a CSV in UTF-8 or CP932, read row by row into customers and refusals."""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bot.billing import answer_cells, cells, consent_cells, customer_rows
from bot.billing.cells import CellRefused
from bot.billing.customer_rows import COLUMNS, INVOICE, Customer, Refusal
from bot.errors import FileRefused

LARGEST_BYTES = 50 * 1024 * 1024
MOST_ROWS = 1_000_000
MOST_COLUMNS = 100
# What spreadsheets save: UTF-8 with or without its mark, or the Japanese code page of Windows.
ENCODINGS = ("utf-8-sig", "cp932")
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class CustomerFile:
    """A CSV with all of `COLUMNS` and any of `consent_cells.COLUMNS` and `answer_cells.COLUMNS`.

    They come in any order. `ignored` names the columns that it has besides, `sha256` is that of its
    content in hex.
    Raises FileRefused, with nothing read, where the content is no such file.
    """

    def __init__(self, content: bytes) -> None:
        self._rows = csv.reader(lines(content), strict=True)
        self._header = [column(cell) for cell in self._next() or ()]
        _check_header(self._header)
        known = {*COLUMNS, INVOICE, *consent_cells.COLUMNS, *answer_cells.COLUMNS}
        self.ignored = tuple(name for name in self._header if name and name not in known)
        self.sha256 = hashlib.sha256(content).hexdigest()

    @property
    def tells_purposes(self) -> bool:
        """Whether it has a column for what people agreed to."""
        return consent_cells.COLUMNS[0] in self._header

    @property
    def tells_consent(self) -> bool:
        """Whether it has any column about consent."""
        return not set(consent_cells.COLUMNS).isdisjoint(self._header)

    @classmethod
    def open(cls, path: Path) -> "CustomerFile":
        """The file at a path; FileRefused where it cannot be read or is over 50 MB."""
        return cls(content_of(path))

    def read(self) -> Iterator[Customer | Refusal]:
        """Read the rows, once; FileRefused where there are none, too many, or no CSV any more."""
        count, line = 0, self._rows.line_num + 1
        while (row := self._next()) is not None:
            if any(cell.strip() for cell in row):
                count += 1
                yield self._customer(row, line)
            if count > MOST_ROWS:
                raise FileRefused(f"The file has over {MOST_ROWS:,} rows: split it.")
            line = self._rows.line_num + 1
        if count == 0:
            raise FileRefused("The file has no rows below its first line.")

    def _next(self) -> list[str] | None:
        try:
            return next(self._rows, None)
        except csv.Error:
            raise FileRefused(
                f"The file is not a CSV: near line {self._rows.line_num} a quotation mark is not"
                " closed or out of place, or a cell is far too long."
            ) from None

    def _customer(self, row: list[str], line: int) -> Customer | Refusal:
        if len(row) < len(self._header) or any(row[len(self._header) :]):
            return Refusal(line, f"{len(row)} cells where the first line has {len(self._header)}")
        try:
            return customer_rows.read(dict(zip(self._header, row, strict=False)), line)
        except CellRefused as refused:
            return Refusal(line, str(refused))


def content_of(path: Path) -> bytes:
    """What is in a file; FileRefused where it cannot be read or is over 50 MB."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise FileRefused(f"The file cannot be read: {error.strerror}.") from None
    if len(content) > LARGEST_BYTES:
        raise FileRefused(f"The file is over {LARGEST_BYTES >> 20} MB: split it.")
    return content


def lines(content: bytes) -> io.TextIOWrapper:
    """The lines of a file, in the first encoding that fits the whole of it."""
    if content.startswith(UTF_16_MARKS) or b"\0" in content:
        raise FileRefused("The file is not a CSV: save the sheet as CSV in UTF-8.")
    for encoding in ENCODINGS:
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    raise FileRefused("The file is in neither UTF-8 nor CP932: save the sheet as CSV in UTF-8.")


def column(cell: str) -> str:
    """A column's name as it is compared, fit for a message."""
    return "".join(filter(str.isprintable, "_".join(cells.folded(cell).lower().split())))


def _check_header(header: list[str]) -> None:
    if not any(header):
        raise FileRefused("The file is empty, or its first line is.")
    if len(header) > MOST_COLUMNS:
        raise FileRefused(f"The first line names over {MOST_COLUMNS} columns.")
    if missing := [name for name in COLUMNS if name not in header]:
        raise FileRefused(f"The first line must also name the columns {', '.join(missing)}.")
    if twice := [name for name, times in Counter(header).items() if name and times > 1]:
        raise FileRefused(f"The first line names a column twice: {', '.join(twice)}.")

"""What the cells of a customer file may say about consent that the company holds already."""

import re
from datetime import date, datetime

from bot.billing import cells
from bot.billing.cells import CellRefused, folded
from bot.compliance import purposes as documents
from bot.compliance.basis import Basis, Stated
from bot.text.format import TOKYO

COLUMNS = ("consent_purposes", "consent_basis", "consent_date")
NOBODY_AGREED = "none"
_BETWEEN = re.compile(r"[\s,;/|+、・]+")


def stated(row: dict[str, str]) -> Stated:
    """What a row of a file says, of the columns that the file has."""
    agreed, basis, day = (row.get(column, "") for column in COLUMNS)
    return Stated(purposes(agreed), _basis(basis), _day(day))


def purposes(cell: str) -> tuple[str, ...] | None:
    """Purposes such as "billing; promotions"; () for "none", and None where the cell is empty."""
    named = [name for name in _BETWEEN.split(folded(cell).lower()) if name]
    if named == [NOBODY_AGREED]:
        return ()
    known = documents.shipped()
    if any(name not in known for name in named):
        offered = ", ".join(known)
        raise CellRefused(
            f"{COLUMNS[0]} must name purposes of ours ({offered}), {NOBODY_AGREED}, or be empty"
        )
    return tuple(dict.fromkeys(named)) or None


def _basis(cell: str) -> Basis | None:
    name = folded(cell).lower()
    if name and name not in list(Basis):
        raise CellRefused(f"{COLUMNS[1]} must be one of {', '.join(Basis)}, or empty")
    return Basis(name) if name else None


def _day(cell: str) -> date | None:
    day = cells.day(cell, COLUMNS[2])
    if day is not None and day > datetime.now(TOKYO).date():
        raise CellRefused(f"{COLUMNS[2]} lies in the future")
    return day

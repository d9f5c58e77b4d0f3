"""The invented people one can be on the phone page, read from the same CSV the bot imports."""

import csv
from dataclasses import dataclass
from pathlib import Path

from bot.text import phone
from handset.settings import SettingError

_COLUMNS = {"phone", "customer_number", "name", "language"}


@dataclass(frozen=True)
class Person:
    """A customer: number in E.164, language "ja" or "en", code the four digits they are asked."""

    number: str
    name: str
    language: str
    code: str


def load(path: Path) -> tuple[Person, ...]:
    """The people of a UTF-8 CSV; raises SettingError naming the line that cannot be used."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingError(f"HANDSET_PEOPLE is not a readable UTF-8 CSV: {error}") from error


def _read(rows: "csv.DictReader[str]") -> tuple[Person, ...]:
    missing = _COLUMNS - set(rows.fieldnames or ())
    if missing:
        raise SettingError(f"HANDSET_PEOPLE lacks the columns {', '.join(sorted(missing))}")
    return tuple(_person(row, rows.line_num) for row in rows)


def _person(row: dict[str, str], line: int) -> Person:
    number = phone.parse(row["phone"] or "")
    if number is None:
        raise SettingError(f"HANDSET_PEOPLE line {line} holds no phone number")
    language = "ja" if row["language"] == "ja" else "en"
    return Person(number, row["name"] or number, language, _last_four(row["customer_number"] or ""))


def _last_four(customer_number: str) -> str:
    return "".join(filter(str.isdigit, customer_number))[-4:]

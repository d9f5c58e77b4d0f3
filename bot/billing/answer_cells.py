"""What the cells of a customer file may say that proves who somebody is; see `answers`."""

from datetime import datetime

from bot.billing import questions
from bot.billing.answers import KEPT, Answers
from bot.billing.cells import CellRefused
from bot.setting_types import Question
from bot.text.format import TOKYO

COLUMNS = tuple(question.value for question in KEPT)


def answers(row: dict[str, str]) -> Answers:
    """The answers of a row, in the form that they are compared in; an empty cell says nothing."""
    cells = {question: row.get(question.value, "").strip() for question in KEPT}
    return {question: _answer(question, cell) for question, cell in cells.items() if cell}


def _answer(question: Question, cell: str) -> str:
    read = questions.read(question, cell, datetime.now(TOKYO).date())
    if read is None:
        raise CellRefused(f"{question} cannot be read")
    return read

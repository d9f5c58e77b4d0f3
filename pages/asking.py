"""The fields of the question who is there, and what was written into them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from flask import request

from bot.billing.questions import LONGEST_ANSWER
from bot.setting_types import Question

# What browsers may help with: the keyboard, and what they know of their owner.
_KEYBOARDS = {Question.CUSTOMER_NUMBER: "numeric", Question.PHONE: "numeric"}
_KNOWN_TO_BROWSERS = {Question.BIRTH_DATE: "bday", Question.POSTCODE: "postal-code"}
_SECRET = frozenset({Question.CUSTOMER_NUMBER, Question.PHONE, Question.PASSWORD})
_NAMES = {Question.CUSTOMER_NUMBER: "digits"}
# The label of each, its hint, and what is said where an answer cannot be read.
_TEXTS = {
    Question.CUSTOMER_NUMBER: (
        "ask_customer_number",
        "ask_customer_number_hint",
        "ask_customer_number_unreadable",
    ),
    Question.PHONE: ("ask_phone", "ask_phone_hint", "ask_phone_unreadable"),
    Question.BIRTH_DATE: ("ask_birth_date", "ask_birth_date_hint", "ask_birth_date_unreadable"),
    Question.NAME_KANA: ("ask_name_kana", "ask_name_kana_hint", "ask_name_kana_unreadable"),
    Question.POSTCODE: ("ask_postcode", "ask_postcode_hint", "ask_postcode_unreadable"),
    Question.PASSWORD: ("ask_password", "ask_password_hint", "ask_password_unreadable"),
}


@dataclass(frozen=True)
class Field:
    """One question as an input: its name in the form, what was written, whether it is unreadable.

    What proves most is not written back into the page.
    """

    question: Question
    written: str = ""
    unreadable: bool = False

    @property
    def name(self) -> str:
        """What the form calls it."""
        return _NAMES.get(self.question, self.question.value)

    @property
    def texts(self) -> tuple[str, str, str]:
        """The keys of its label, its hint, and of what is said where it cannot be read."""
        return _TEXTS[self.question]

    @property
    def type(self) -> str:
        """A password is typed unseen."""
        return "password" if self.question is Question.PASSWORD else "text"

    @property
    def keyboard(self) -> str:
        """The keyboard that a telephone shows."""
        return _KEYBOARDS.get(self.question, "text")

    @property
    def autocomplete(self) -> str:
        """What the browser may fill in."""
        return _KNOWN_TO_BROWSERS.get(self.question, "off")

    @property
    def is_short(self) -> bool:
        """Whether it takes four digits."""
        return self.keyboard == "numeric"


def written(asked: Iterable[Question]) -> Mapping[Question, str]:
    """What the form that was sent says to each question."""
    return {question: request.form.get(Field(question).name, "") for question in asked}


def fields(asked: Iterable[Question], unreadable: Collection[Question] = ()) -> list[Field]:
    """The inputs to show: empty at first, after a problem with what may be shown again."""
    given = written(asked) if request.method == "POST" else {}
    return [
        Field(
            question,
            "" if question in _SECRET else given.get(question, "")[:LONGEST_ANSWER],
            question in unreadable,
        )
        for question in asked
    ]

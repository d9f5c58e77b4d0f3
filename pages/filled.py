"""What somebody wrote into the opt-in form, read leniently, and what is wrong with it by field."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask import request

from bot.compliance import countries, purposes
from bot.text import phone
from bot.text.language import Language
from bot.text.segments import outgoing


@dataclass(frozen=True)
class Filled:
    """The form as it was filled in: the number as it was written, the boxes that were ticked.

    `reference` is what the form called itself when it was shown.
    """

    number: str
    topics: tuple[str, ...]
    language: Language
    reference: str = ""

    @classmethod
    def nothing(cls, language: Language) -> "Filled":
        """An empty form: no box is ticked."""
        return cls("", (), language)

    @classmethod
    def read(cls, language: Language) -> "Filled":
        """The form that was sent, on a page in a language."""
        form = request.form
        wished = form.get("language", "")
        ticked = set(form.getlist("topic"))
        return cls(
            outgoing(form.get("number", "")[: phone.LONGEST_NOTATION]).strip(),
            tuple(key for key in purposes.shipped() if key in ticked),
            Language(wished) if wished in set(Language) else language,
            form.get("form", ""),
        )

    @property
    def recipient(self) -> str:
        """The number in E.164 form; empty where it cannot be read."""
        return phone.parse(self.number) or ""

    def problems(self, ours: Collection[str]) -> Mapping[str, str]:
        """What is wrong, by field, as keys of texts; `ours` are the numbers that we text from."""
        found = {"topics": "" if self.topics else "join_topics_missing"}
        found["number"] = self._problem_of_number(ours)
        return {field: key for field, key in found.items() if key}

    def _problem_of_number(self, ours: Collection[str]) -> str:
        if not self.number:
            return "join_number_missing"
        if not self.recipient:
            return "join_number_unreadable"
        if self.recipient in ours:
            return "join_number_ours"
        if not phone.receives_texts(self.recipient):
            return "join_number_landline"
        served = countries.of_number(self.recipient, countries.shipped()).has_own_rules
        return "" if served else "join_number_abroad"

"""What a person is told who looked up a number or checked a text, always with caution."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.senders.pasted import OPENINGS, Verdict, judge
from bot.text.language import Language
from pages import wording
from pages.announcement import Announced, Announcement, sought

WORDS = {
    Verdict.EMPTY: "judged_empty",
    Verdict.TOO_LONG: "judged_too_long",
    Verdict.FOREIGN_LINK: "judged_foreign_link",
    Verdict.FOREIGN_NUMBER: "judged_foreign_number",
    Verdict.NOT_LIKE_OURS: "judged_not_like_ours",
    Verdict.UNKNOWN_WORDS: "judged_unknown_words",
    Verdict.COULD_BE_OURS: "judged_could_be_ours",
}
ALARMING = {Verdict.FOREIGN_LINK, Verdict.FOREIGN_NUMBER, Verdict.NOT_LIKE_OURS}


@dataclass(frozen=True)
class Outcome:
    """The key of a title and a text, with their values, and whether they are a warning."""

    what: str
    alarming: bool = False
    values: Mapping[str, object] = field(default_factory=dict)


def looked_up(told: Announcement, asked: str, language: Language) -> Outcome:
    """Whose number it is."""
    if not sought(asked):
        return Outcome("found_unreadable")
    one = told.find(asked)
    return _found(one, language) if one else Outcome("found_nothing", alarming=True)


def _found(one: Announced, language: Language) -> Outcome:
    values = {"number": one.notations.national}
    if one.sender.retired_at is None:
        return Outcome("found_ours", values=values)
    day = wording.day_in_japan(one.sender.retired_at, language)
    return Outcome("found_retired", alarming=True, values={**values, "day": day})


def judged(told: Announcement, text: str, language: Language) -> Outcome:
    """What a pasted text looks like; nothing of it is kept."""
    verdict = judge(text, told.ours())
    opening = OPENINGS[language].format(brand=told.company.brand(language)).strip()
    return Outcome(WORDS[verdict], verdict in ALARMING, {"opening": opening})

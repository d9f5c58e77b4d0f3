"""What every screen of the console is made of: a template, the words, and who looks at it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from flask import render_template, request

from bot.dialogue.flow import DONE, START
from bot.errors import ScriptError
from bot.runtime import Runtime
from bot.scripts.sentence import tell
from bot.senders.company import Company
from bot.text import phone
from bot.text.format import TOKYO, money, shown
from bot.text.language import Language
from console import access, reasons, visitor
from pages import wording
from pages.wording import Words

WORDS = Path(__file__).parent / "words"
# What the navigation leads to, for those who may go there.
ROOMS = (
    ("conversations.page", "conversations"),
    ("queues.first", "queues"),
    ("dashboard.page", "dashboard"),
    ("scripts.everything", "scripts"),
    ("rehearsal.simulator", "rehearsal"),
    ("campaigns.page", "campaigns"),
    ("canned.everything", "canned"),
    ("exports.page", "exports"),
    ("staff.everyone", "staff"),
    ("audit.page", "audit"),
)


@lru_cache
def words(folder: Path = WORDS) -> Words:
    """The console's texts, of all its rooms; ScriptError where two rooms have the same key."""
    found: dict[Language, dict[str, str]] = {language: {} for language in Language}
    for room in sorted(each for each in folder.iterdir() if each.is_dir()):
        for language, texts in wording.load(room).items():
            for key in texts.keys() & found[language].keys():
                raise ScriptError(f"The console's text {key} exists twice.")
            found[language] |= texts
    return found


@dataclass(frozen=True)
class Screens:
    """Shows the templates of the console."""

    runtime: Runtime

    def show(self, name: str, **values: Any) -> str:
        """One screen, or a part of one, in the visitor's language."""
        language = wished_language()
        seen_by = visitor.present()
        role = seen_by.member.role if seen_by else None
        return render_template(
            f"{name}.html",
            language=language,
            other=next(each for each in Language if each is not language),
            say=partial(say, language),
            visitor=seen_by,
            rooms=ROOMS,
            may=lambda endpoint: role is not None and access.may(role, endpoint),
            counted=partial(counted, language),
            told=partial(told, language),
            author=partial(author, language),
            state=partial(state, language),
            because=partial(reasons.told, language),
            tell=partial(tell, language=language, called=partial(told, language)),
            waiting=partial(waiting, language),
            money=partial(money, language=language),
            in_yen=in_yen,
            moment=partial(moment, language=language),
            short=partial(short, language=language),
            shown=partial(shown, language=language),
            masked=phone.masked,
            brand=Company.of(self.runtime.settings).brand(language),
            **values,
        )


def say(language: Language, key: str, **values: object) -> str:
    """A text of the console with its values filled in."""
    return wording.say(words()[language], language, "", key, **values)


def counted(language: Language, what: str, number: int) -> str:
    """How many of something: "1 segment", "2 segments"."""
    return say(language, f"{'one' if number == 1 else 'many'}_{what}", count=f"{number:,}")


def in_yen(price: float) -> str:
    """A price in yen, with the hundredths that it has: "25", "12.5", "1,234.75"."""
    return f"{price:,.2f}".rstrip("0").rstrip(".")


def told(language: Language, kind: str, code: str) -> str:
    """What a code of our tables is called; the code itself where it has no name, as flows of a
    company's own have none."""
    return words()[language].get(f"{kind}_{code}", code)


def author(language: Language, actor: str) -> str:
    """Who did something: a member or a key by name, who is neither in words."""
    kind, _, name = actor.partition(":")
    if kind == "staff" and name:
        return name
    if kind == "api" and name:
        return say(language, "by_key", name=name)
    return told(language, "by", actor)


def state(language: Language, flow: str, name: str) -> str:
    """What a state of a flow is called; START and DONE are called the same in every flow."""
    code = name if name in {START, DONE} else f"{flow}.{name}"
    called = told(language, "state", code)
    return name if called == code else called


def waiting(language: Language, time: timedelta) -> str:
    """How long somebody has waited: "5分", "3時間", "2日"."""
    minutes = max(0, int(time.total_seconds() // 60))
    if minutes < 60:
        return say(language, "minutes", minutes=minutes)
    if minutes < 48 * 60:
        return say(language, "hours", hours=minutes // 60)
    return say(language, "days", days=minutes // (24 * 60))


def wished_language() -> Language:
    """The visitor's; before sign-in that of `?lang=`, else the browser's, else Japanese."""
    if (seen_by := visitor.present()) is not None:
        return seen_by.member.language
    wished = request.args.get("lang")
    if wished in set(Language):
        return Language(wished)
    return Language(request.accept_languages.best_match(list(Language), default=Language.JA))


def short(value: datetime, language: Language) -> str:
    """The same without its year, where that goes without saying."""
    recent = abs(datetime.now(UTC) - value) < timedelta(days=300)
    return shown(value, language) if recent else moment(value, language)


def moment(value: datetime, language: Language) -> str:
    """A moment in Japan with its year, to the minute: "2026/07/15 14:05"."""
    there = value.astimezone(TOKYO)
    return f"{there:%Y/%m/%d %H:%M}" if language is Language.JA else f"{there:%b %-d, %Y %H:%M}"

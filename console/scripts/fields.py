"""What a page shows for each language of a key: its words, and all that is known of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from bot.rehearsal import release
from bot.runtime import Runtime
from bot.scripts import item
from bot.scripts.checker import wording
from bot.scripts.checker.check import check
from bot.scripts.checker.context import Context, known_values
from bot.scripts.checker.finding import Finding
from bot.scripts.checker.measure import Measure, measure
from bot.scripts.conflicts import Conflict
from bot.scripts.item import Slot, intent_of
from bot.scripts.sentence import Sentence
from bot.text.language import Language
from bot.text.normalize import normalize
from console.scripts.desk import Desk, Typed


@dataclass(frozen=True)
class Field:
    """One language of a key. `content` is what its form holds, be it fit or not; `problems` are
    why it cannot be a script at all, `findings` what the checker says of it."""

    language: Language
    content: Mapping[str, Any]
    mark: str
    problems: tuple[Sentence, ...]
    findings: tuple[Finding, ...]
    measures: tuple[Measure, ...]
    conflict: Conflict | None

    @property
    def blocked(self) -> bool:
        """Whether it cannot even be kept in a draft: keywords are not, that have two meanings."""
        return bool(self.problems) or any(one.rule in REFUSED for one in self.findings)


REFUSED = frozenset({"collision", "required"})


def fields(
    connection: Connection,
    runtime: Runtime,
    desk: Desk,
    typed: Typed,
    overtaken: Mapping[Language, Conflict],
) -> list[Field]:
    """The fields with these words, checked as they would be said."""
    wrong = {language: tuple(item.problems(content)) for language, content in typed.items()}
    fit = {(desk.key, one): content for one, content in typed.items() if not wrong[one]}
    changes = desk.draft.changes if desk.draft else {}
    checked = release.context(connection, runtime, desk.edition.with_changes({**changes, **fit}))
    found = check(checked, {desk.key})
    return [
        Field(
            language,
            content,
            desk.mark(language),
            wrong[language],
            tuple(one for one in found if _concerns(one, language, typed)),
            _measures(checked, (desk.key, language), runtime) if not wrong[language] else (),
            overtaken.get(language),
        )
        for language, content in typed.items()
    ]


def _concerns(found: Finding, language: Language, typed: Typed) -> bool:
    """Whether a finding is of a language; one of no language is of those that hold its word."""
    if found.language is not None:
        return found.language is language
    word = normalize(str(found.sentence.values.get("word", "")))
    holding = {
        one for one, content in typed.items() if word in map(normalize, content.get("words", ()))
    }
    return language in (holding or typed)


def required(key: str, language: Language) -> Sequence[str]:
    """The keywords of a list that must stay."""
    return wording.required().get(intent_of(key) or "", {}).get(language, ())


def is_required(word: str, key: str, language: Language) -> bool:
    """Whether a keyword must stay."""
    return normalize(word) in map(normalize, required(key, language))


def _measures(checked: Context, slot: Slot, runtime: Runtime) -> tuple[Measure, ...]:
    edition, script = checked.edition, checked.edition.scripts.get(slot)
    if script is None:
        return ()
    names = known_values(edition, checked.surroundings, script.language)
    price = runtime.settings.yen_per_step
    return tuple(measure(script, edition.shipped.examples, names, price))

"""Whether a text that somebody pasted could be one of ours: how it opens, and where it leads."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.scripts.script import Scripts
from bot.text import addresses, template
from bot.text.language import Language

# Ten long SMS and what a telephone copies along; nothing is judged by its first half.
LONGEST = 2000
OPENINGS = {Language.JA: "【{brand}】", Language.EN: "{brand}: "}
_GAP = "\0"

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co"})


class Verdict(StrEnum):
    """What a pasted text looks like; that it is ours can never be said."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    FOREIGN_LINK = "foreign_link"
    FOREIGN_NUMBER = "foreign_number"
    NOT_LIKE_OURS = "not_like_ours"
    UNKNOWN_WORDS = "unknown_words"
    COULD_BE_OURS = "could_be_ours"


@dataclass(frozen=True)
class Ours:
    """What our texts are known by.

    `brands` open them, `domains` (lower case) are the hosts of their links, `numbers` (E.164) are
    those that may stand in them, `scripts` are their words with `{name}` for what varies.
    """

    brands: frozenset[str]
    domains: frozenset[str]
    numbers: frozenset[str]
    scripts: tuple[str, ...]

    @classmethod
    def of(
        cls,
        brands: Iterable[str],
        domains: Iterable[str],
        numbers: Iterable[str],
        shipped: Scripts,
    ) -> "Ours":
        """The same from the scripts that can stand alone."""
        texts = tuple(script.text for script in shipped.values() if "{brand}" in script.text)
        return cls(frozenset(brands), frozenset(domains), frozenset(numbers), texts)


def judge(pasted: str, ours: Ours) -> Verdict:
    """What a pasted text looks like; keeps nothing of it."""
    legible = _legible(pasted)
    if not legible.strip():
        return Verdict.EMPTY
    if len(legible) > LONGEST:
        return Verdict.TOO_LONG
    said, rest = _opened(legible, ours)
    if not set(addresses.hosts(rest)) <= ours.domains:
        return Verdict.FOREIGN_LINK
    if not set(addresses.numbers(rest)) <= ours.numbers:
        return Verdict.FOREIGN_NUMBER
    if said is None:
        return Verdict.NOT_LIKE_OURS
    return Verdict.COULD_BE_OURS if _is_scripted(said, ours) else Verdict.UNKNOWN_WORDS


def _legible(text: str) -> str:
    """One width, one case, and nothing that cannot be seen, line ends apart."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(
        char for char in folded if char == "\n" or unicodedata.category(char) not in _INVISIBLE
    )


def _opened(text: str, ours: Ours) -> tuple[str | None, str]:
    """From the line that opens with our name on, and all without that name, which may hold dots.

    The lines before it are what telephones copy along, such as the time.
    """
    for brand in ours.brands:
        for opening in (_legible(form.format(brand=brand)) for form in OPENINGS.values()):
            found = re.search(f"^\\s*{re.escape(opening)}", text, re.MULTILINE)
            if found:
                return text[found.start() :], text[: found.start()] + " " + text[found.end() :]
    return None, text


def _is_scripted(said: str, ours: Ours) -> bool:
    squeezed = _squeezed(said)
    shapes = (_shape(script, brand) for script in ours.scripts for brand in ours.brands)
    return any(_fits(squeezed, shape) for shape in shapes)


def _shape(script: str, brand: str) -> list[str]:
    """The words of a script that never vary, in order."""
    values = dict.fromkeys(template.placeholders(script), _GAP) | {"brand": brand}
    return [_squeezed(words) for words in template.render(script, values).split(_GAP)]


def _fits(said: str, shape: list[str]) -> bool:
    """Whether a text consists of these words in this order, with anything between them."""
    if len(shape) == 1:
        return said == shape[0]
    first, *between, last = shape
    at = len(first)
    for words in between:
        found = said.find(words, at)
        at = found + len(words) if found >= 0 else len(said) + 1
    return said.startswith(first) and said.endswith(last) and len(said) - len(last) >= at


def _squeezed(text: str) -> str:
    """Without the spaces and line ends that copying changes."""
    return "".join(_legible(text).split())

"""Reply texts with `{name}` placeholders: which ones there are, whether they are sound, filling."""

import re
from collections.abc import Mapping
from functools import lru_cache

from bot.errors import TemplateError

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
# Full-width braces are what a Japanese keyboard gives an editor who meant a placeholder.
_BRACE = re.compile(r"[{}｛｝]")
# How much of a text is shown from a stray brace on.
SHOWN = 20


@lru_cache(maxsize=1024)
def placeholders(text: str) -> frozenset[str]:
    """Return the names of the placeholders in `text`."""
    return frozenset(_PLACEHOLDER.findall(text))


def stray_brace(text: str) -> int | None:
    """Where the first brace stands that is not part of a `{name}` placeholder, counted from 0."""
    # A blank of the same length keeps the positions of what is left.
    rest = _PLACEHOLDER.sub(lambda found: " " * len(found[0]), text)
    stray = _BRACE.search(rest)
    return stray.start() if stray else None


def check(text: str) -> None:
    """Raise TemplateError if `text` holds a brace that is not part of a `{name}` placeholder."""
    at = stray_brace(text)
    if at is None:
        return
    raise TemplateError(
        f"The brace at character {at + 1} ({text[at : at + SHOWN]!r}) is not part of a"
        " placeholder: write {name}, half-width, with lower-case letters, digits and _ only,"
        " or use round brackets ( ) if no placeholder is meant."
    )


def render(text: str, values: Mapping[str, object]) -> str:
    """Return `text` with every placeholder replaced by `str()` of its value.

    Values go in verbatim: a brace inside one is never read as a placeholder. Raises TemplateError
    for a stray brace, and for a placeholder whose value is missing or None.
    """
    check(text)
    return _PLACEHOLDER.sub(lambda found: _value(found[1], values), text)


def _value(name: str, values: Mapping[str, object]) -> str:
    value = values.get(name)
    if value is None:
        known = ", ".join(sorted(values)) or "none"
        raise TemplateError(f"The reply needs a value for {{{name}}}; it was given: {known}.")
    return str(value)

"""What may be written into a script at all; nothing that is written is ever evaluated."""

from collections.abc import Iterator

import regex

from bot.errors import TemplateError
from bot.scripts.sentence import Sentence
from bot.text import template

# Japanese carriers take 660 characters, and ten parts of GSM-7.
LONGEST = 1530

# How other languages write a placeholder. Each holds the name in its first group, where it has one.
_FOREIGN = {
    "{{ }}": regex.compile(r"[{｛]{2,3}[-~#^/&=! ]*([A-Za-z_]\w*)?[^{}｛｝]*[}｝]{2,3}"),
    "{% %}": regex.compile(r"[{｛]%[^}｝]*%[}｝]"),
    "{# #}": regex.compile(r"[{｛]#[^}｝]*#[}｝]"),
    "${ }": regex.compile(r"[$#@]\{\s*([A-Za-z_]\w*)?[^}]*\}"),
    "$( )": regex.compile(r"\$\([^)]*\)"),
    "$name": regex.compile(r"\$([A-Za-z_]\w*)"),
    "%(name)s": regex.compile(r"%\(([A-Za-z_]\w*)\)[#0 +-]*\d*[a-z]"),
    "%name%": regex.compile(r"(?<!\w)%{1,2}([A-Za-z_]\w*)%{1,2}(?!\w)"),
    "%s": regex.compile(r"(?<![\w%])%[#0+-]?\d*[sdifrx](?![A-Za-z])"),
    "<% %>": regex.compile(r"<[%?][=#-]?\s*([A-Za-z_]\w*)?"),
    "< >": regex.compile(r"</?[A-Za-z][A-Za-z0-9:-]*(?:\s[^<>]*)?/?>"),
    "[[ ]]": regex.compile(r"\[\[\s*([A-Za-z_]\w*)?[^\]]*\]\]"),
    "[% %]": regex.compile(r"\[%[^\]]*%\]"),
    "{name!r}": regex.compile(r"\{([A-Za-z_]\w*)(?:[.!:\[|][^{}]*)\}"),
    "&name;": regex.compile(r"&(?:[a-z]{2,8}|#\d{1,6}|#x[0-9a-f]{1,5});", regex.I),
}
# Line breaks are words as well; ZWJ and the tags of flags belong to emoji.
_EMOJI = "\\u200d\\U000e0020-\\U000e007f"
_UNSENDABLE = regex.compile(
    rf"[^\P{{Cc}}\n]|[\p{{Zl}}\p{{Zp}}]|\p{{Cs}}|\p{{Co}}|[\p{{Cf}}--[{_EMOJI}]]", regex.VERSION1
)


def problems(text: str, longest: int = LONGEST) -> Iterator[Sentence]:
    """Every reason, as a sentence, why a text cannot be a script, and what to write instead;
    `longest` is how many characters it may have."""
    if not text.strip():
        yield Sentence("empty")
    if len(text) > longest:
        size = {"characters": f"{len(text):,}", "most": f"{longest:,}"}
        yield Sentence("longer_than_a_script", **size)
        return
    yield from invisible(text)
    yield from _syntax(text)


def invisible(text: str) -> Iterator[Sentence]:
    """Every letter of a text that nobody sees, and that some stores and carriers do not take."""
    for found in _UNSENDABLE.finditer(text):
        code = f"U+{ord(found[0]):04X}"
        yield Sentence("invisible", place=_place(text, found.start()), code=code)


def check(text: str) -> None:
    """Raise TemplateError with the first of a text's problems."""
    for problem in problems(text):
        raise TemplateError(problem)


def _syntax(text: str) -> Iterator[Sentence]:
    foreign = list(_foreign(text))
    yield from foreign
    at = template.stray_brace(text)
    if not foreign and at is not None:
        shown = repr(text[at : at + template.SHOWN])
        yield Sentence("stray_brace", place=_place(text, at), shown=shown, example="{name}")


def _place(text: str, at: int) -> Sentence:
    """Where a letter stands, counted from 1; the line too where there are several."""
    before = text[:at]
    if "\n" not in text:
        return Sentence("character", at=at + 1)
    in_line = at - (before.rfind("\n") + 1)
    return Sentence("line_and_character", line=before.count("\n") + 1, at=in_line + 1)


def _foreign(text: str) -> Iterator[Sentence]:
    for pattern in _FOREIGN.values():
        if found := pattern.search(text):
            name = found[1] if pattern.groups and found[1] else "name"
            shown = found[0] if len(found[0]) <= 30 else f"{found[0][:30]}…"
            place, instead = _place(text, found.start()), f"{{{name.lower()}}}"
            yield Sentence("foreign_placeholder", place=place, shown=shown, instead=instead)
            return

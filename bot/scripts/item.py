"""What can be edited: the words of a script, or a list of keywords, in one language."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from bot.errors import ScriptRefused, TemplateError
from bot.scripts import written
from bot.scripts.script import Script, revision
from bot.scripts.shipped import KEYWORDS, Shipped
from bot.text.language import Language

# {"text", "note"} of a script, {"words"} of a list of keywords; None: as it ships.
Content = Mapping[str, Any] | None
# The key and the language; "keywords.STOP" is the list of the intent STOP.
Slot = tuple[str, Language]
Changes = Mapping[Slot, Content]

LONGEST_NOTE = 300
LONGEST_WORD = 80


def intent_of(key: str) -> str | None:
    """The intent whose keywords a key names; None for a script."""
    name = key.removeprefix(f"{KEYWORDS}.")
    return name if name != key else None


def content_of(script: Script) -> Mapping[str, Any]:
    """What can be edited of a script."""
    return {"text": script.text, "note": script.note}


def with_content(script: Script, content: Mapping[str, Any]) -> Script:
    """A script with other words."""
    return replace(script, text=content["text"], note=content.get("note", ""))


def as_shipped(shipped: Shipped, slot: Slot) -> Mapping[str, Any]:
    """The content that git has; ScriptRefused for a key that nobody says."""
    key, language = slot
    if name := intent_of(key):
        if name in shipped.keywords[language]:
            return {"words": list(shipped.keywords[language][name])}
    elif slot in shipped.scripts:
        return content_of(shipped.scripts[slot])
    raise ScriptRefused(f"There is no {key} in {language}{_nearest(shipped, slot)}.")


def revision_of(content: Mapping[str, Any]) -> str:
    """Which words these are; that of a script's own revision."""
    return revision(content["text"] if "text" in content else "\n".join(content["words"]))


def text_content(text: str, note: str) -> Mapping[str, Any]:
    """The content of a script; ScriptRefused says what to write instead."""
    try:
        written.check(text)
    except TemplateError as error:
        raise ScriptRefused(str(error)) from None
    if len(note) > LONGEST_NOTE:
        raise ScriptRefused(f"A note has at most {LONGEST_NOTE} characters.")
    return {"text": text, "note": note}


def words_content(words: Sequence[str]) -> Mapping[str, Any]:
    """The content of a list of keywords; ScriptRefused for one that is none."""
    kept = [word.strip() for word in words]
    for word in kept:
        if not word or len(word) > LONGEST_WORD or not word.isprintable():
            raise ScriptRefused(
                f"{word[:20]!r} is no keyword: write one of 1 to {LONGEST_WORD} visible characters."
            )
    return {"words": list(dict.fromkeys(kept))}


def _nearest(shipped: Shipped, slot: Slot) -> str:
    key, language = slot
    lists = [f"{KEYWORDS}.{name}" for name in shipped.keywords[language]]
    known = [*lists, *(key for key, spoken in shipped.scripts if spoken is language)]
    close = get_close_matches(key, known, 1)
    return f": {close[0]} is near" if close else ""

"""What can be edited: the words of a script, or a list of keywords, in one language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from bot.errors import ScriptRefused
from bot.scripts import written
from bot.scripts.script import Script, revision
from bot.scripts.sentence import Sentence, spoken
from bot.scripts.shipped import KEYWORDS, Shipped
from bot.text.language import Language
from bot.text.normalize import normalize

# {"text", "note"} of a script, {"words"} of a list of keywords; None: as it ships.
Content = Mapping[str, Any] | None
# The key and the language; "keywords.STOP" is the list of the intent STOP.
Slot = tuple[str, Language]
Changes = Mapping[Slot, Content]

LONGEST_NOTE = 300
LONGEST_WORD = 80
# The longest list that ships has 48; what is far longer was pasted by mistake.
MOST_WORDS = 300
_BRACES = frozenset("{}｛｝")


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
    raise ScriptRefused(_unknown(shipped, slot))


def revision_of(content: Mapping[str, Any]) -> str:
    """Which words these are; that of a script's own revision."""
    return revision(content["text"] if "text" in content else "\n".join(content["words"]))


def text_content(text: str, note: str) -> Mapping[str, Any]:
    """The content of a script; ScriptRefused says what to write instead."""
    content = {"text": text, "note": note}
    for problem in problems(content):
        raise ScriptRefused(problem)
    return content


def words_content(words: Sequence[str]) -> Mapping[str, Any]:
    """The content of a list of keywords; ScriptRefused for one that is none."""
    content = {"words": list(dict.fromkeys(word.strip() for word in words))}
    for problem in problems(content):
        raise ScriptRefused(problem)
    return content


def problems(content: Mapping[str, Any]) -> Iterator[Sentence]:
    """Every reason why a content cannot even be kept, and what to write instead."""
    words = content.get("words", ())
    if len(words) > MOST_WORDS:
        yield Sentence("too_many_words", words=len(words), most=MOST_WORDS)
    for word in words[:MOST_WORDS]:
        if len(word) > LONGEST_WORD or not word.isprintable() or not _says_something(word):
            yield Sentence("no_keyword", word=repr(word[:20]), most=LONGEST_WORD)
    if "text" in content:
        yield from written.problems(content["text"])
        yield from written.invisible(content["note"])
        if len(content["note"]) > LONGEST_NOTE:
            yield Sentence("long_note", most=LONGEST_NOTE)


def _says_something(word: str) -> bool:
    """Of marks alone nothing is left when a text is read; braces are for placeholders."""
    return bool(normalize(word)) and not _BRACES & set(word)


def _unknown(shipped: Shipped, slot: Slot) -> Sentence:
    key, language = slot
    lists = [f"{KEYWORDS}.{name}" for name in shipped.keywords[language]]
    known = [*lists, *(key for key, spoken in shipped.scripts if spoken is language)]
    close = get_close_matches(key, known, 1)
    if close:
        return Sentence("no_script_but", key=key, language=spoken(language), near=close[0])
    return Sentence("no_script", key=key, language=spoken(language))

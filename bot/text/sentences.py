"""From a text to its sentences, each in the matching form and with the mark it ended in."""

import re
from dataclasses import dataclass

from bot.text.normalize import folded

_END = re.compile(r"([。.!?…]+)(?![a-z0-9])|([。!?…]+)")
_QUESTION = re.compile(r"[?？]")
_JAPANESE = re.compile("[\u3005-\u3007\u3041-\u3096\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_LATIN_WORD = re.compile("[a-z]{2}")


# What people want they say at the beginning or at the end of a long text.
BEGINNING = 240
ENDING = 160
MOST = 24


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence without its end mark; `question` is whether that was a question mark."""

    text: str
    question: bool = False

    @property
    def japanese(self) -> bool:
        """Whether a Japanese character stands in it."""
        return _JAPANESE.search(self.text) is not None

    @property
    def latin(self) -> bool:
        """Whether something like a Latin word stands in it."""
        return _LATIN_WORD.search(self.text) is not None


def sentences(text: str) -> tuple[Sentence, ...]:
    """Cut a text at its sentence marks and line breaks; () where nothing is legible."""
    found: list[Sentence] = []
    form = folded(text)
    start = 0
    for end in _END.finditer(form):
        _add(found, form[start : end.start()], "?" in end.group())
        start = end.end()
    _add(found, form[start:], question=False)
    return tuple(found if len(found) <= MOST else found[: MOST // 2] + found[-MOST // 2 :])


def telling(text: str) -> str:
    """The beginning and the end of a long text; a text of up to 400 characters as it is."""
    if len(text) <= BEGINNING + ENDING:
        return text
    return f"{text[:BEGINNING]}\n{text[-ENDING:]}"


def asks(text: str) -> bool:
    """Whether a question mark stands in the text."""
    return _QUESTION.search(text) is not None


def _add(found: list[Sentence], part: str, question: bool) -> None:
    words = part.split()
    if len(words) >= 4 and all(len(word) == 1 for word in words):
        part = "".join(words)
    if part.strip(" ,、・-~'/:;"):
        found.append(Sentence(part.strip(), question))
    elif question and found:
        found[-1] = Sentence(found[-1].text, question=True)

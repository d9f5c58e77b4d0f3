"""The guard against loops and floods: when to say a last word, fall silent, and come back.

Two machines that answer each other never stop by themselves, and carriers cut them off: Twilio
fails what goes beyond 30 replies within 30 s (https://www.twilio.com/docs/api/errors/14107). So
the bot stops first. STOP, START, HELP and every answer about consent are heard all the same.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

MINUTE = timedelta(minutes=1)
# Nobody who waits for an answer sends the same words that fit nothing four times.
SAME_TEXTS = 3
# A person gets the same answer eight times in a row only by trying to; a machine does at once.
SAME_REPLIES = 8
# What lies longer apart is no loop; and so long a conversation must be quiet to begin anew.
APART = timedelta(hours=1)
QUIET = timedelta(minutes=10)


@dataclass(frozen=True)
class Counts:
    """What a conversation remembers of its last texts and replies, as marks and Unix seconds.

    `texts` came in the minute that began at `minute`. The last `text` came `same_texts` times in a
    row and fitted nothing; the last `reply` was given `same_replies` times.
    """

    minute: float = 0
    texts: int = 0
    heard_at: float = 0
    text: str = ""
    same_texts: int = 0
    reply: str = ""
    same_replies: int = 0

    def stored(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> "Counts":
        """What `stored` gave; another version of this program may have counted more."""
        return (
            cls(**{name: stored[name] for name in _COUNTS if name in stored}) if stored else cls()
        )


_COUNTS = tuple(Counts.__dataclass_fields__)


def mark(words: Iterable[object]) -> str:
    """A short mark by which the same words are known again, and not read."""
    return hashlib.blake2b(repr(tuple(words)).encode(), digest_size=8).hexdigest()


def came(counts: Counts, at: datetime, text: str, fits: bool) -> Counts:
    """The counts after a text (its mark) that came at a moment; `fits` says that it made sense."""
    now = at.timestamp()
    counts = counts if now - counts.heard_at <= APART.total_seconds() else Counts()
    again = now - counts.minute < MINUTE.total_seconds()
    return replace(
        counts,
        minute=counts.minute if again else now,
        texts=counts.texts + 1 if again else 1,
        heard_at=now,
        text=text,
        same_texts=0 if fits else counts.same_texts + 1 if text == counts.text else 1,
    )


def answered(counts: Counts, reply: str) -> Counts:
    """The counts after a reply (its mark)."""
    same = counts.same_replies + 1 if reply == counts.reply else 1
    return replace(counts, reply=reply, same_replies=same)


def why_silent(counts: Counts, reply: str, most_texts: int, automatic: bool) -> str | None:
    """Why the bot should fall silent instead of giving a reply; None where it should not.

    `most_texts` may come in a minute; `automatic` says that a machine wrote the text. What it wrote
    may fit something by chance: then it is answered once.
    """
    again = bool(reply) and reply == counts.reply
    if counts.texts > most_texts:
        return f"more than {most_texts} texts in a minute"
    if automatic and (counts.same_texts or again):
        return "an automatic answer"
    if counts.same_texts > SAME_TEXTS:
        return f"the same text {counts.same_texts} times in a row"
    if again and counts.same_replies >= SAME_REPLIES:
        return f"the same reply {SAME_REPLIES} times in a row"
    return None


def behaves(before: Counts, counts: Counts, reply: str, most_texts: int) -> bool:
    """Whether a silenced conversation is one between people again.

    `before` are the counts without the text at hand. It is after some quiet, or where something new
    is said that makes sense and has another answer.
    """
    if counts.texts > most_texts:
        return False
    if counts.heard_at - before.heard_at >= QUIET.total_seconds():
        return True
    same_reply = reply == before.reply and before.same_replies >= SAME_REPLIES
    return not counts.same_texts and counts.text != before.text and not same_reply

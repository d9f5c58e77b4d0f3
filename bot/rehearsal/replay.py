"""Real conversations played again with a draft: every reply that would be another.

Both the words in force and the draft answer the same texts on stages of their own, so that all else
is equal. People are invented: a number, a name and an account take the place of theirs, and digits
that are not kept are taken to have proved who somebody was where the bot took them so.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.billing.customer_rows import Customer
from bot.rehearsal import past
from bot.rehearsal.past import Asked, PastTalk, PastText
from bot.rehearsal.personas import CUSTOMER_NUMBER, DUE_YEN
from bot.rehearsal.stage import Said, Stage, open_stage
from bot.runtime import Runtime
from bot.scripts.edition import Edition
from bot.text import mask

MOST_TEXTS = 500
# The bot took the digits for wrong ones, or for none.
NOT_PROVED = (".wrong", ".again", ".locked")

_MASKED = re.compile("•+")
_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}")


@dataclass(frozen=True)
class Changed:
    """A text, its digits masked, and what was and would be answered."""

    conversation_id: int
    inbound_id: int
    at: datetime
    text: str
    before: tuple[Said, ...]
    after: tuple[Said, ...]


@dataclass(frozen=True)
class Replayed:
    """How much was played again, the replies that would be others, and the id of the conversation
    after which there may be more to play."""

    conversations: int
    texts: int
    changed: tuple[Changed, ...]
    next: int | None = None


def replay(runtime: Runtime, draft: Edition, asked: Asked, most: int = MOST_TEXTS) -> Replayed:
    """Play what people wrote, at most so many texts, with the words in force and with a draft."""
    with runtime.engine.connect() as connection:
        talks, more = past.talks(connection, asked, most)
    with ExitStack() as open_ones:
        editions = (runtime.edition, draft)
        stages = [open_ones.enter_context(open_stage(runtime, edition)) for edition in editions]
        changed = tuple(
            one for number, talk in enumerate(talks) for one in _play(stages, number, talk)
        )
    return Replayed(len(talks), sum(len(talk.texts) for talk in talks), changed, more)


def _play(stages: Sequence[Stage], number: int, talk: PastTalk) -> Iterator[Changed]:
    # Japan gives out no 090 0….
    theirs = f"+8190{number:08}"
    for stage in stages:
        _introduce(stage, theirs, talk)
    before_that: datetime | None = None
    for text in talk.texts:
        gap = text.at - before_that if before_that else timedelta()
        before_that = text.at
        old, new = (_answer(stage, theirs, text, gap) for stage in stages)
        if [*map(_compared, old)] != [*map(_compared, new)]:
            shown = mask.digits(text.body)
            yield Changed(talk.conversation_id, text.id, text.at, shown, old, new)


def _introduce(stage: Stage, theirs: str, talk: PastTalk) -> None:
    if not talk.known:
        stage.meet(theirs, talk.language)
        return
    digits = f"{theirs[-6:]}{CUSTOMER_NUMBER[-4:]}"
    known = Customer(0, theirs, digits, "山田 花子", talk.language, DUE_YEN, "JPY", None)
    stage.introduce(known, talk.language)


def _answer(stage: Stage, theirs: str, text: PastText, gap: timedelta) -> tuple[Said, ...]:
    if gap:
        stage.let_pass(theirs, gap)
    return stage.hear(theirs, _with_digits(text), sends=False, carrier=text.carrier).said


def _with_digits(text: PastText) -> str:
    """The text with digits that do what those did that were not kept."""
    proved = not any(key.endswith(NOT_PROVED) for key in text.keys)
    right = CUSTOMER_NUMBER[-4:]

    def digits(masked: re.Match[str]) -> str:
        return right if proved and len(masked[0]) == len(right) else "0" * len(masked[0])

    return _MASKED.sub(digits, text.body)


def _compared(said: Said) -> tuple[str, str, str]:
    """What makes a reply another one: not the token of its link, nor the minute it was made in."""
    return said.key, said.language, _CLOCK.sub("○", mask.tokens(said.body))

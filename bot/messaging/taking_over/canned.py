"""Canned replies: sentences that operators need every day, kept by editors in both languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bot.errors import CannedRefused, TemplateError
from bot.messaging.taking_over.reply import LONGEST
from bot.store.columns import utc_now
from bot.store.tables import canned_replies
from bot.store.tables.overview import LONGEST_TITLE
from bot.text import segments, template
from bot.text.language import Language

# What stands for itself in a canned reply until it is chosen.
PLACEHOLDERS = frozenset({"brand", "support_phone", "name"})
_canned = canned_replies.c


@dataclass(frozen=True)
class Canned:
    """A canned reply: its title, its text with or without its values, and its language's code."""

    title: str
    body: str
    language: str


def in_use(connection: Connection) -> Sequence[Row[Any]]:
    """All that are offered, by language and title."""
    found = select(canned_replies).where(_canned.retired_at.is_(None))
    return connection.execute(found.order_by(_canned.language, _canned.title)).all()


def prepared(
    connection: Connection, language: Language, values: Mapping[str, str]
) -> Sequence[Canned]:
    """Those in a language, filled in, ready to be put into a composer."""
    return [
        Canned(one.title, template.render(one.body, values), one.language)
        for one in in_use(connection)
        if one.language == language
    ]


def add(connection: Connection, canned: Canned) -> int:
    """Offer one more and return its id; CannedRefused where it could not be filled in or sent."""
    _check(canned)
    row = {**vars(canned), "body": segments.outgoing(canned.body)}
    made = insert(canned_replies).values(row).returning(_canned.id)
    return int(connection.execute(made).scalar_one())


def change(connection: Connection, canned_id: int, canned: Canned) -> int:
    """Offer another one instead: the old one is retired. CannedRefused as in `add`, and where it
    was retired already."""
    if not retire(connection, canned_id):
        raise CannedRefused("gone", "This canned reply was changed or retired meanwhile.")
    return add(connection, canned)


def retire(connection: Connection, canned_id: int) -> bool:
    """Offer one no longer; False where it is not offered any more."""
    ended = update(canned_replies).where(_canned.id == canned_id, _canned.retired_at.is_(None))
    return bool(connection.execute(ended.values(retired_at=utc_now())).rowcount)


def _check(canned: Canned) -> None:
    if canned.language not in set(Language) or not 0 < len(canned.title) <= LONGEST_TITLE:
        raise CannedRefused("no_title", "A canned reply has a language and a short title.")
    if not 0 < len(canned.body) <= LONGEST:
        raise CannedRefused("no_body", f"A canned reply has 1 to {LONGEST} characters.")
    try:
        template.check(canned.body)
    except TemplateError as error:
        raise CannedRefused("placeholder", str(error)) from error
    if not template.placeholders(canned.body) <= PLACEHOLDERS:
        raise CannedRefused("placeholder", "Only the fixed fields can be filled in.")

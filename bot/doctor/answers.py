"""Accounts that nobody can prove on a page, since they lack an answer to one of its questions."""

from collections.abc import Iterator

from sqlalchemy import Connection, exists, func, select

from bot.billing.answers import KEPT
from bot.doctor.finding import Finding, bad
from bot.setting_types import Question
from bot.settings import Settings
from bot.store.tables import accounts, identity_answers, senders


def answers(connection: Connection, settings: Settings) -> Iterator[Finding]:
    """How many accounts lack the answer to each question that is asked."""
    for question in KEPT:
        if question in _asked(connection, settings) and (count := _lacking(connection, question)):
            yield bad(
                f"Accounts that lack {question}, which payment pages ask: {count}; import it, or"
                " nobody can prove them there."
            )


def _asked(connection: Connection, settings: Settings) -> set[Question]:
    own = connection.execute(select(senders.c.questions).where(senders.c.retired_at.is_(None)))
    lists: list[list[str]] = list(own.scalars())
    return {Question(name) for names in lists for name in names or settings.questions}


def _lacking(connection: Connection, question: Question) -> int:
    has = exists().where(
        identity_answers.c.account_id == accounts.c.id, identity_answers.c.question == question
    )
    counted = select(func.count()).select_from(accounts).where(accounts.c.gone_at.is_(None), ~has)
    return int(connection.execute(counted).scalar_one())

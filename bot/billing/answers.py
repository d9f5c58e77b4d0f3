"""The answers by which accounts are proved: kept as keyed hashes, compared all and in one time."""

import hmac
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from bot.billing.questions import DIGITS_ASKED
from bot.setting_types import Question
from bot.store.crypto import Vault
from bot.store.session import insert
from bot.store.tables import accounts, identity_answers

# What cannot be told from the account itself is imported beside it.
KEPT = (Question.BIRTH_DATE, Question.NAME_KANA, Question.POSTCODE, Question.PASSWORD)
_NONE = "0" * 64

Answers = Mapping[Question, str]


def keep(connection: Connection, vault: Vault, given: Mapping[str, Answers]) -> None:
    """Keep answers, by the index of a customer number; they are in the form that is compared."""
    rows = [
        row
        for account in _accounts(connection, accounts.c.customer_number_index.in_(given.keys()))
        for row in _rows(vault, account, given[account.customer_number_index])
    ]
    if rows:
        _write(connection, rows)


def _rows(vault: Vault, account: Row[Any], given: Answers) -> Iterator[dict[str, Any]]:
    own = {"account_id": account.id, "key_id": vault.key_id}
    hashed = _hashed(vault, vault.open(account.customer_number), given)
    for question, fingerprint in hashed.items():
        yield {**own, "question": question, "fingerprint": fingerprint}


def _write(connection: Connection, rows: list[dict[str, Any]]) -> None:
    statement = insert(connection, identity_answers)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["account_id", "question"],
            set_={name: statement.excluded[name] for name in ("fingerprint", "key_id")},
        ),
        rows,
    )


def forget(connection: Connection, account_ids: Collection[int]) -> None:
    """Keep no answers of these accounts any more."""
    connection.execute(
        delete(identity_answers).where(identity_answers.c.account_id.in_(account_ids))
    )


def lacking(connection: Connection, account_id: int, asked: Collection[Question]) -> list[Question]:
    """Those of the questions to which nothing is known, so that nobody can prove the account."""
    kept = _kept(connection, [account_id])[account_id]
    return [question for question in asked if question in KEPT and question not in kept]


def proved(
    connection: Connection, vault: Vault, account_ids: Collection[int], given: Answers
) -> set[int]:
    """The accounts for which every answer is right; one that an account lacks is never right.

    Every answer is compared for every account, in constant time. A right answer that was kept with
    the SECRET_KEY before is kept with the current one from now on.
    """
    rows = _accounts(connection, accounts.c.id.in_(account_ids))
    kept = _kept(connection, account_ids)
    right = [row for row in rows if _agree(vault, row, kept[row.id], given)]
    if vault.before is not None:
        _renew(connection, vault, right, given)
    return {row.id for row in right}


def _agree(vault: Vault, row: Row[Any], kept: Mapping[str, str], given: Answers) -> bool:
    number = vault.open(row.customer_number)
    own = {
        Question.CUSTOMER_NUMBER: number[-DIGITS_ASKED:],
        Question.PHONE: row.number[-DIGITS_ASKED:],
    }
    right = {**kept, **_hashed(vault, number, own)}
    by_key = [_hashed(one, number, given) for one in vault.everyone]
    compared = [
        [hmac.compare_digest(one[question], right.get(question, _NONE)) for one in by_key]
        for question in given
    ]
    return bool(compared) and all(map(any, compared))


def _renew(connection: Connection, vault: Vault, right: Sequence[Row[Any]], given: Answers) -> None:
    kept = {question: answer for question, answer in given.items() if question in KEPT}
    rows = [row for account in right for row in _rows(vault, account, kept)]
    if rows:
        _write(connection, rows)


def _hashed(vault: Vault, customer_number: str, answers: Answers) -> dict[str, str]:
    """Each with its account in it, so that equal answers of two people do not look alike."""
    index = vault.index(customer_number)
    return {
        question: vault.fingerprint(f"{index} {question} {answer}")
        for question, answer in answers.items()
    }


def _accounts(connection: Connection, which: Any) -> Sequence[Row[Any]]:
    found = select(
        accounts.c.id,
        accounts.c.number,
        accounts.c.customer_number,
        accounts.c.customer_number_index,
    )
    return connection.execute(found.where(which)).all()


def _kept(connection: Connection, account_ids: Collection[int]) -> Mapping[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = defaultdict(dict)
    these = select(identity_answers).where(identity_answers.c.account_id.in_(account_ids))
    for row in connection.execute(these):
        found[row.account_id][row.question] = row.fingerprint
    return found

"""Which of several accounts a promised amount is of, and how much of each: pure."""

from collections.abc import Sequence

from bot.dialogue.turn import Account
from bot.text.amounts import Amount, part_of
from bot.text.format import Money


def shares(
    amount: Amount | None, owed: Sequence[Account], about: int | None
) -> list[tuple[Account, Money]]:
    """What was promised of each account on which something is due.

    Without an amount, or with one that cannot be told, all that is due on all of them. An amount
    that is just what is due of one account is of that one; else of the one that the talk is
    `about`, and what is more of the others, the most pressing first.
    """
    due = [one for one in owed if one.due.minor > 0]
    ranked = sorted(due, key=lambda one: (not _is_just(amount, one), one.id != about, _day(one)))
    same = [one for one in ranked if one.due.currency == _currency(amount, ranked)]
    total = Money(sum(one.due.minor for one in same), same[0].due.currency) if same else None
    part = part_of(amount, total) if amount and total else None
    return _divided(part.minor, same) if part else [(one, one.due) for one in due]


def _divided(minor: int, ranked: Sequence[Account]) -> list[tuple[Account, Money]]:
    divided = []
    for one in ranked:
        share = min(minor, one.due.minor)
        minor -= share
        if share:
            divided.append((one, Money(share, one.due.currency)))
    return divided


def _is_just(amount: Amount | None, account: Account) -> bool:
    """Whether a figure is all that is due of an account, and not more than that."""
    if amount is None or amount.figure is None:
        return False
    whole = part_of(amount, Money(account.due.minor + 1, account.due.currency))
    return whole == account.due


def _currency(amount: Amount | None, ranked: Sequence[Account]) -> str | None:
    named = amount.currency if amount else None
    return named or next((one.due.currency for one in ranked), None)


def _day(account: Account) -> str:
    return str(account.due_date or "9999")

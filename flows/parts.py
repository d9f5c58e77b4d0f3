"""How much of what is due somebody wants to pay, and whether what is due may be told at all."""

from bot.dialogue.turn import Account, Turn
from bot.text import amounts
from bot.text.amounts import Amount, Share, least_of, part_of
from bot.text.format import Money
from bot.text.sentences import telling
from flows.balance import known_account


def wished(turn: Turn) -> Amount | None:
    """The amount that was named; four digits beside PAY may be to prove who somebody is: none."""
    text = telling(turn.text)
    if turn.state == "ask_part":
        return amounts.parse(text)
    return None if amounts.may_be_digits(text) else turn.reading.amount


def wished_part(turn: Turn) -> Money | None:
    """How much of what is due that is: all of it where no amount was named, None: no telling."""
    amount, due = wished(turn), to_pay(turn).due
    return part_of(amount, due) if amount is not None and due.minor > 0 else due


def nearest_part(turn: Turn) -> int | None:
    """The part that may be paid and is nearest to the wished one, in minor units; None: all."""
    due, least = to_pay(turn).due, turn.facts.least_part
    part = wished_part(turn)
    if not least or part == due:
        return None
    smallest = least_of(due, least).minor
    return max(part.minor, smallest) if part is not None else smallest


def names_part(turn: Turn) -> bool:
    """Whether the words alone, whatever is due, say that it is not all."""
    amount = wished(turn)
    if amount is None or amount.share is not None:
        return amount is not None and amount.share is not Share.ALL
    return turn.state == "ask_part" or amounts.offered(telling(turn.text)) is not None


def may_tell(turn: Turn) -> bool:
    """Whether what is due may be told, and so be what an answer depends on."""
    known = known_account(turn)
    return known is not None and known.id == to_pay(turn).id


def to_pay(turn: Turn) -> Account:
    """The account that a payment is for; there must be one."""
    return min(turn.facts.accounts, key=_most_pressing)


def _most_pressing(account: Account) -> tuple[bool, bool, str]:
    """First what is due, of that what is not being paid already, of that the earliest date."""
    return account.due.minor <= 0, account.pending, str(account.due_date or "9999")

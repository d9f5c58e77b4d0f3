"""Paid: somebody says that they have paid; what is on record is told to whom it may be told.

The rest a person checks, and all of it where somebody has not proved who they are.
"""

from bot.dialogue.effects import HandOver, HoldBack
from bot.dialogue.flow import DONE, START, Flow, move
from bot.dialogue.holds import HoldKind
from bot.dialogue.turn import Turn
from bot.dialogue.vocabulary import Intent
from flows.balance import known_account

# A transfer is booked on the next working day: one of a Friday evening on Monday.
BOOKED_WITHIN_DAYS = 3


def awaited(turn: Turn) -> bool:
    return any(account.pending for account in turn.facts.accounts)


def settled(turn: Turn) -> bool:
    """Nothing is due on the only account, and that may be told."""
    account = known_account(turn)
    return account is not None and len(turn.facts.accounts) == 1 and account.due.minor <= 0


def wait(turn: Turn) -> None:
    turn.say("pending")


def confirm(turn: Turn) -> None:
    account = known_account(turn)
    assert account is not None
    if account.paid_on:
        turn.say("confirmed", day=account.paid_on)
    else:
        turn.say("settled")


def check(turn: Turn) -> None:
    turn.do(HandOver())
    turn.do(HoldBack(HoldKind.SAYS_PAID, BOOKED_WITHIN_DAYS))
    turn.say("noted")


flow = Flow(
    "paid",
    (
        move("begin", START, DONE, when=awaited, then=wait),
        move("begin", START, DONE, when=settled, then=confirm),
        move("begin", START, DONE, then=check),
    ),
    intents=(Intent.PAID,),
    needs=("account",),
)

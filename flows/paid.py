"""Paid: somebody says that they have paid; what is on record is told, the rest a person checks."""

from bot.dialogue.effects import HandOver, HoldBack
from bot.dialogue.flow import DONE, START, Flow, move
from bot.dialogue.holds import HoldKind
from bot.dialogue.turn import Turn
from bot.dialogue.vocabulary import Intent

# A transfer is booked on the next working day: one of a Friday evening on Monday.
BOOKED_WITHIN_DAYS = 3


def awaited(turn: Turn) -> bool:
    return any(account.pending for account in turn.facts.accounts)


def settled(turn: Turn) -> bool:
    accounts = turn.facts.accounts
    return bool(accounts) and all(account.due.minor <= 0 for account in accounts)


def wait(turn: Turn) -> None:
    turn.say("pending")


def confirm(turn: Turn) -> None:
    days = [account.paid_on for account in turn.facts.accounts if account.paid_on]
    if days:
        turn.say("confirmed", day=max(days))
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

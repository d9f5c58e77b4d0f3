"""Payment: send a link; the page behind it asks who is there and shows the amount."""

from bot.dialogue.effects import CreatePaymentLink
from bot.dialogue.flow import DONE, START, Flow, move
from bot.dialogue.turn import Account, Turn
from bot.dialogue.vocabulary import Intent


def locked(turn: Turn) -> bool:
    return turn.facts.tries_left == 0


def unknown_number(turn: Turn) -> bool:
    return not turn.facts.accounts


def pending(turn: Turn) -> bool:
    return _account(turn).pending


def send_link(turn: Turn) -> None:
    turn.do(CreatePaymentLink(_account(turn).id))
    turn.say("link")


def wait(turn: Turn) -> None:
    turn.say("waiting")


def refuse(turn: Turn) -> None:
    turn.say("locked")


def not_registered(turn: Turn) -> None:
    turn.say("not_registered")


def _account(turn: Turn) -> Account:
    return min(turn.facts.accounts, key=_most_pressing)


def _most_pressing(account: Account) -> tuple[bool, bool, str]:
    """First what is due, of that what is not being paid already, of that the earliest date."""
    return account.due.minor <= 0, account.pending, str(account.due_date or "9999")


flow = Flow(
    "payment",
    (
        move("begin", START, DONE, when=locked, then=refuse),
        move("begin", START, DONE, when=unknown_number, then=not_registered),
        move("begin", START, DONE, when=pending, then=wait),
        move("begin", START, DONE, then=send_link),
    ),
    intents=(Intent.PAY,),
    needs=("account",),
)

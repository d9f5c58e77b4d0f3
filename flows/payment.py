"""Payment: send a link; the page behind it asks who is there and shows the amount."""

from bot.dialogue.effects import CreatePaymentLink
from bot.dialogue.flow import DONE, START, Flow, move
from bot.dialogue.turn import Account, Turn
from bot.dialogue.vocabulary import Intent


def locked(turn: Turn) -> bool:
    return turn.facts.tries_left == 0


def unknown_number(turn: Turn) -> bool:
    return not turn.facts.accounts


def send_link(turn: Turn) -> None:
    turn.do(CreatePaymentLink(min(turn.facts.accounts, key=_most_pressing).id))
    turn.say("link")


def refuse(turn: Turn) -> None:
    turn.say("locked")


def not_registered(turn: Turn) -> None:
    turn.say("not_registered")


def _most_pressing(account: Account) -> tuple[bool, str]:
    """An account with something due comes first, then the earliest date."""
    return account.due.minor <= 0, str(account.due_date or "9999")


flow = Flow(
    "payment",
    (
        move("begin", START, DONE, when=locked, then=refuse),
        move("begin", START, DONE, when=unknown_number, then=not_registered),
        move("begin", START, DONE, then=send_link),
    ),
    intents=(Intent.PAY,),
    needs=("account",),
)

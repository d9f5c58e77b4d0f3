"""Payment: send a link; the page behind it asks who is there and shows the amount."""

from bot.dialogue.effects import CreatePaymentLink, HandOver
from bot.dialogue.flow import DONE, START, Flow, move
from bot.dialogue.turn import Account, Turn
from bot.dialogue.vocabulary import Intent


def locked(turn: Turn) -> bool:
    return turn.facts.tries_left == 0


def unknown_number(turn: Turn) -> bool:
    return not turn.facts.accounts


def unavailable(turn: Turn) -> bool:
    return turn.facts.unavailable


def withheld(turn: Turn) -> bool:
    return turn.facts.withheld


def pending(turn: Turn) -> bool:
    return _account(turn).pending


def send_link(turn: Turn) -> None:
    account = _account(turn)
    turn.do(CreatePaymentLink(account.id))
    if turn.facts.disclosed and account.due.minor > 0:
        turn.say("link_with_amount", amount=account.due)
    else:
        turn.say("link")


def wait(turn: Turn) -> None:
    turn.say("waiting")


def withhold(turn: Turn) -> None:
    turn.do(HandOver())
    turn.say("withheld")


def refuse(turn: Turn) -> None:
    turn.say("locked")


def apologise(turn: Turn) -> None:
    turn.say("unavailable")


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
        move("begin", START, DONE, when=withheld, then=withhold),
        move("begin", START, DONE, when=unavailable, then=apologise),
        move("begin", START, DONE, when=unknown_number, then=not_registered),
        move("begin", START, DONE, when=pending, then=wait),
        move("begin", START, DONE, then=send_link),
    ),
    intents=(Intent.PAY,),
    needs=("account",),
)

"""Payment: send a link; the page behind it asks who is there and shows the amount.

Who wants to pay a part gets a link for it, where it is not too small; else a person. Before they
have proved who they are, no answer depends on what is due: a link is for the nearest part that may
be paid, which only its page shows. Who cannot open a page proves who they are by text, and gets a
number to pay with at a store.
"""

from collections.abc import Callable
from functools import wraps

from bot.dialogue.effects import (
    CreatePaymentLink,
    HandOver,
    OrderAtStore,
    VerificationPassed,
)
from bot.dialogue.flow import DONE, START, Flow, move
from bot.dialogue.turn import Account, Turn
from bot.dialogue.vocabulary import Intent
from bot.text.amounts import Share, least_of
from flows.balance import (
    just_proven,
    last_try,
    left,
    lock,
    locked,
    looks_like_an_answer,
    out_of_reach,
    proven,
    proves,
    refuse,
    unavailable,
    unknown_number,
    vanished,
    withheld,
    withhold,
)
from flows.once_more import ask_again, asked_again
from flows.parts import may_tell, names_part, nearest_part, to_pay, wished, wished_part


def pending(turn: Turn) -> bool:
    return to_pay(turn).pending


def open_how_much(turn: Turn) -> bool:
    """A part is wanted and may be paid, but how much was not said."""
    amount = wished(turn)
    return amount is not None and amount.share is Share.PART and turn.facts.least_part > 0


def payable_part(turn: Turn) -> bool:
    """A part that is large enough, but not all that is due, as far as that may be told."""
    least = turn.facts.least_part
    if not least or not may_tell(turn):
        return least > 0 and names_part(turn)
    due, part = to_pay(turn).due, wished_part(turn)
    return part is not None and part != due and part.minor >= least_of(due, least).minor


def other_part(turn: Turn) -> bool:
    """A part that is too small, cannot be told, or that nobody may pay by a link."""
    if not may_tell(turn):
        return names_part(turn)
    return wished(turn) is not None and wished_part(turn) != to_pay(turn).due


def all_of_it(turn: Turn) -> bool:
    return wished(turn) is not None


def given_up(turn: Turn) -> bool:
    return asked_again(turn) and turn.reading.intent in {Intent.OTHER, Intent.PAY}


def send_link(turn: Turn) -> None:
    account = to_pay(turn)
    turn.do(CreatePaymentLink(account.id, nearest_part(turn)))
    if turn.facts.disclosed and may_tell(turn) and account.due.minor > 0:
        turn.say("link_with_amount", amount=account.due)
    else:
        turn.say("link")


def send_link_for_part(turn: Turn) -> None:
    turn.do(CreatePaymentLink(to_pay(turn).id, nearest_part(turn)))
    turn.say("link_part")


def call_a_person(turn: Turn) -> None:
    turn.do(HandOver())
    turn.say("part_by_person")


def browserless(turn: Turn) -> bool:
    return turn.reading.browserless


def orderable(turn: Turn) -> bool:
    return browserless(turn) and turn.facts.store_orders


def orderable_at_once(turn: Turn) -> bool:
    return orderable(turn) and just_proven(turn) is not None


def order_at_once(turn: Turn) -> None:
    account = just_proven(turn)
    assert account is not None
    _order(turn, account)


def order(turn: Turn) -> None:
    account = proven(turn)
    assert account is not None
    turn.do(VerificationPassed(account.id))
    _order(turn, account)


def _order(turn: Turn, account: Account) -> None:
    if account.due.minor > 0 and not account.pending:
        turn.do(OrderAtStore(account.id))
        turn.say("ordering")
    else:
        turn.say("waiting" if account.pending else "nothing_due")


def serve_by_person(turn: Turn) -> None:
    turn.do(HandOver())
    turn.say("by_person")


def wait(turn: Turn) -> None:
    turn.say("waiting")


def turn_away(turn: Turn) -> None:
    turn.say("locked")


def apologise(turn: Turn) -> None:
    turn.say("unavailable")


def not_registered(turn: Turn) -> None:
    turn.say("not_registered")


# What stands against any payment, the strongest first.
OBSTACLES = (
    (locked, turn_away),
    (withheld, withhold),
    (unavailable, apologise),
    (unknown_number, not_registered),
    (pending, wait),
)


def _about_the_part(stands: Callable[[Turn], bool]) -> Callable[[Turn], bool]:
    """The same condition for a text that answers how much; another wish begins another flow."""

    @wraps(stands)
    def asked(turn: Turn) -> bool:
        answers = turn.reading.intent in {Intent.OTHER, Intent.PAY} or wished(turn) is not None
        return answers and stands(turn)

    return asked


flow = Flow(
    "payment",
    (
        *(move("begin", START, DONE, when=when, then=then) for when, then in OBSTACLES),
        move("begin", START, DONE, when=orderable_at_once, then=order_at_once),
        move("begin", START, "ask_digits", when=orderable),
        move("begin", START, DONE, when=browserless, then=serve_by_person),
        move("begin", START, "ask_part", when=open_how_much),
        move("begin", START, DONE, when=payable_part, then=send_link_for_part),
        move("begin", START, DONE, when=other_part, then=call_a_person),
        move("begin", START, DONE, then=send_link),
        *(
            move("reply", "ask_part", DONE, when=_about_the_part(when), then=then)
            for when, then in OBSTACLES
        ),
        move("reply", "ask_part", when=open_how_much, then=ask_again),
        move("reply", "ask_part", DONE, when=payable_part, then=send_link_for_part),
        move("reply", "ask_part", DONE, when=other_part, then=call_a_person),
        move("reply", "ask_part", DONE, when=all_of_it, then=send_link),
        move("reply", "ask_part", DONE, when=given_up, then=call_a_person),
        move("reply", "ask_part", then=ask_again),
        move("back", "ask_part", DONE, then=call_a_person),
        move("reply", "ask_digits", DONE, when=withheld, then=withhold),
        move("reply", "ask_digits", DONE, when=out_of_reach, then=apologise),
        move("reply", "ask_digits", DONE, when=vanished, then=not_registered),
        move("reply", "ask_digits", DONE, when=proves, then=order),
        move("reply", "ask_digits", DONE, when=last_try, then=lock),
        move("reply", "ask_digits", when=looks_like_an_answer, then=refuse),
        move("reply", "ask_digits"),
        move("back", "ask_digits", DONE, then=left),
    ),
    intents=(Intent.PAY,),
    needs=("account",),
    secret=("ask_digits",),
)

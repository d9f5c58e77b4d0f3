"""Payment: send a link; the page behind it asks who is there and shows the amount.

Who wants to pay a part gets a link for it, where it is not too small; else a person. Who cannot
open a page proves who they are by text, and gets a number to pay with at a store.
"""

from bot.dialogue.effects import (
    CreatePaymentLink,
    HandOver,
    OrderAtStore,
    VerificationPassed,
)
from bot.dialogue.flow import DONE, START, Flow, move
from bot.dialogue.turn import Account, Turn
from bot.dialogue.vocabulary import Intent
from bot.text import amounts
from bot.text.amounts import Amount, Share, part_of
from bot.text.format import Money
from bot.text.sentences import telling
from flows.balance import (
    just_proven,
    last_try,
    left,
    lock,
    looks_like_an_answer,
    proven,
    proves,
    refuse,
    withheld,
    withhold,
)

A_HUNDRED_PERCENT = 100


def locked(turn: Turn) -> bool:
    return turn.facts.tries_left == 0


def unknown_number(turn: Turn) -> bool:
    return not turn.facts.accounts


def unavailable(turn: Turn) -> bool:
    return turn.facts.unavailable


def pending(turn: Turn) -> bool:
    return _account(turn).pending


def open_how_much(turn: Turn) -> bool:
    """A part is wanted and may be paid, but how much was not said."""
    amount = _wished(turn)
    return amount is not None and amount.share is Share.PART and turn.facts.least_part > 0


def payable_part(turn: Turn) -> bool:
    """A part that is large enough, but not all that is due."""
    due, part = _account(turn).due, _part(turn)
    if part is None or part == due:
        return False
    least = turn.facts.least_part
    return least > 0 and part.minor * A_HUNDRED_PERCENT >= due.minor * least


def other_part(turn: Turn) -> bool:
    """A part that is too small, cannot be told, or that nobody may pay by a link."""
    amount = _wished(turn)
    return amount is not None and _part(turn) != _account(turn).due


def all_of_it(turn: Turn) -> bool:
    return _wished(turn) is not None


def given_up(turn: Turn) -> bool:
    return "asked_again" in turn.slots and turn.reading.intent in {Intent.OTHER, Intent.PAY}


def ask_again(turn: Turn) -> None:
    turn.slots["asked_again"] = True


def send_link(turn: Turn) -> None:
    account = _account(turn)
    turn.do(CreatePaymentLink(account.id))
    if turn.facts.disclosed and account.due.minor > 0:
        turn.say("link_with_amount", amount=account.due)
    else:
        turn.say("link")


def send_link_for_part(turn: Turn) -> None:
    part = _part(turn)
    assert part is not None
    turn.do(CreatePaymentLink(_account(turn).id, part.minor))
    turn.say("link_part")


def call_a_person(turn: Turn) -> None:
    turn.do(HandOver())
    turn.say("part_by_person")


def browserless(turn: Turn) -> bool:
    return turn.reading.browserless


def orderable(turn: Turn) -> bool:
    return browserless(turn) and turn.facts.store_orders and _account(turn).due.minor > 0


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


def _wished(turn: Turn) -> Amount | None:
    """The amount that was named; four digits that prove who somebody is are none."""
    asked = turn.state == "ask_part"
    amount = amounts.parse(telling(turn.text)) if asked else turn.reading.amount
    if amount is None or amount.share is not None or amount.currency is not None:
        return amount
    proof = str(amount.figure)
    mine = turn.facts.accounts
    return None if not asked and any(one.proves(proof) for one in mine) else amount


def _part(turn: Turn) -> Money | None:
    amount, due = _wished(turn), _account(turn).due
    return part_of(amount, due) if amount is not None and due.minor > 0 else due


def _account(turn: Turn) -> Account:
    return min(turn.facts.accounts, key=_most_pressing)


def _most_pressing(account: Account) -> tuple[bool, bool, str]:
    """First what is due, of that what is not being paid already, of that the earliest date."""
    return account.due.minor <= 0, account.pending, str(account.due_date or "9999")


flow = Flow(
    "payment",
    (
        move("begin", START, DONE, when=locked, then=turn_away),
        move("begin", START, DONE, when=withheld, then=withhold),
        move("begin", START, DONE, when=unavailable, then=apologise),
        move("begin", START, DONE, when=unknown_number, then=not_registered),
        move("begin", START, DONE, when=pending, then=wait),
        move("begin", START, DONE, when=orderable_at_once, then=order_at_once),
        move("begin", START, "ask_digits", when=orderable),
        move("begin", START, DONE, when=browserless, then=serve_by_person),
        move("begin", START, DONE, when=payable_part, then=send_link_for_part),
        move("begin", START, "ask_part", when=open_how_much),
        move("begin", START, DONE, when=other_part, then=call_a_person),
        move("begin", START, DONE, then=send_link),
        move("reply", "ask_part", DONE, when=unknown_number, then=not_registered),
        move("reply", "ask_part", DONE, when=payable_part, then=send_link_for_part),
        move("reply", "ask_part", when=open_how_much, then=ask_again),
        move("reply", "ask_part", DONE, when=other_part, then=call_a_person),
        move("reply", "ask_part", DONE, when=all_of_it, then=send_link),
        move("reply", "ask_part", DONE, when=given_up, then=call_a_person),
        move("reply", "ask_part", then=ask_again),
        move("back", "ask_part", DONE, then=call_a_person),
        move("reply", "ask_digits", DONE, when=withheld, then=withhold),
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

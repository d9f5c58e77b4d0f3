"""Balance: ask who is asking, by the last four digits of the customer number, then answer.

Nobody is asked again within ten minutes, nor where the company tells amounts without proof.
"""

from bot.dialogue.effects import HandOver, VerificationFailed, VerificationPassed
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


def known(turn: Turn) -> bool:
    return known_account(turn) is not None


def out_of_reach(turn: Turn) -> bool:
    """Digits came, and just now there is nothing to compare them with."""
    return looks_like_an_answer(turn) and unavailable(turn)


def vanished(turn: Turn) -> bool:
    """Digits came, and the accounts that they were asked for are there no more."""
    return looks_like_an_answer(turn) and unknown_number(turn)


def proves(turn: Turn) -> bool:
    return not locked(turn) and proven(turn) is not None


def last_try(turn: Turn) -> bool:
    return looks_like_an_answer(turn) and turn.facts.tries_left <= 1


def withhold(turn: Turn) -> None:
    turn.do(HandOver())
    turn.say("withheld")


def answer(turn: Turn) -> None:
    account = proven(turn)
    assert account is not None
    turn.do(VerificationPassed(account.id))
    _tell(turn, account)


def answer_known(turn: Turn) -> None:
    account = known_account(turn)
    assert account is not None
    _tell(turn, account)


def _tell(turn: Turn, account: Account) -> None:
    key = "answer" if account.due.minor > 0 else "nothing_due"
    turn.say(key, amount=account.due, as_of=account.as_of, name=account.name)


def refuse(turn: Turn) -> None:
    turn.do(VerificationFailed())
    turn.say("wrong", tries_left=turn.facts.tries_left - 1)


def lock(turn: Turn) -> None:
    if not locked(turn):
        turn.do(VerificationFailed())
    turn.say("locked")


def apologise(turn: Turn) -> None:
    turn.say("unavailable")


def not_registered(turn: Turn) -> None:
    turn.say("not_registered")


def left(turn: Turn) -> None:
    turn.say("left")


def known_account(turn: Turn) -> Account | None:
    """The account that need not be proved: just proved, or the only one where texts may tell."""
    mine, facts = turn.facts.accounts, turn.facts
    if facts.disclosed and len(mine) == 1:
        return mine[0]
    return just_proven(turn)


def just_proven(turn: Turn) -> Account | None:
    """The account that was proved by text in the last ten minutes."""
    facts = turn.facts
    return next((one for one in facts.accounts if one.id == facts.verified), None)


def proven(turn: Turn) -> Account | None:
    return next((one for one in turn.facts.accounts if one.proves(_digits(turn))), None)


def looks_like_an_answer(turn: Turn) -> bool:
    return len(_digits(turn)) == 4


def _digits(turn: Turn) -> str:
    return "".join(character for character in turn.reading.form if character.isdecimal())


flow = Flow(
    "balance",
    (
        move("begin", START, DONE, when=locked, then=lock),
        move("begin", START, DONE, when=withheld, then=withhold),
        move("begin", START, DONE, when=unavailable, then=apologise),
        move("begin", START, DONE, when=unknown_number, then=not_registered),
        move("begin", START, DONE, when=known, then=answer_known),
        move("begin", START, "ask_digits"),
        move("reply", "ask_digits", DONE, when=withheld, then=withhold),
        move("reply", "ask_digits", DONE, when=out_of_reach, then=apologise),
        move("reply", "ask_digits", DONE, when=vanished, then=not_registered),
        move("reply", "ask_digits", DONE, when=proves, then=answer),
        move("reply", "ask_digits", DONE, when=last_try, then=lock),
        move("reply", "ask_digits", when=looks_like_an_answer, then=refuse),
        move("reply", "ask_digits"),
        move("back", "ask_digits", DONE, then=left),
    ),
    intents=(Intent.BALANCE,),
    needs=("account",),
    secret=("ask_digits",),
)

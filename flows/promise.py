"""Promise: somebody says when they will pay; until that day is over nobody reminds them.

Who wants to pay a bit at a time has promised nothing: a person agrees on it with them.
"""

from datetime import date, timedelta

from bot.dialogue.effects import HandOver, PromiseToPay
from bot.dialogue.flow import DONE, START, Flow, move
from bot.dialogue.turn import Turn
from bot.dialogue.vocabulary import Intent
from bot.text import amounts, dates
from bot.text.dates import Day
from bot.text.format import Weekday
from bot.text.meant import date_meant
from bot.text.sentences import telling
from flows.once_more import ask_again, asked_again

# The end of next month is never further away (July 1 to August 31).
LONGEST_DAYS = 62
ASKING = ("ask_day", "ask_other_day")


def promised(turn: Turn) -> bool:
    return _is_in_reach(turn, _meant(turn))


def out_of_reach(turn: Turn) -> bool:
    """In the past, or absurdly far: a promise keeps reminders away as long as it lasts."""
    day = _meant(turn)
    return day is not None and not _is_in_reach(turn, day)


def in_parts(turn: Turn) -> bool:
    return amounts.in_parts(telling(turn.text))


def call_a_person(turn: Turn) -> None:
    turn.do(HandOver())
    turn.say("parts_by_person")


def undated(turn: Turn) -> bool:
    return turn.facts.today is None


def given_up(turn: Turn) -> bool:
    return asked_again(turn) and turn.reading.intent in {Intent.OTHER, Intent.PROMISE}


def hold(turn: Turn) -> None:
    day = _meant(turn)
    assert day is not None
    turn.do(PromiseToPay(day, turn.reading.amount))
    turn.say("held", day=Weekday(day))


def tell_limit(turn: Turn) -> None:
    turn.slots["days"] = LONGEST_DAYS


def note(turn: Turn) -> None:
    turn.say("noted")


def _is_in_reach(turn: Turn, day: date | None) -> bool:
    today = turn.facts.today
    if day is None or today is None:
        return False
    return today <= day <= today + timedelta(days=LONGEST_DAYS)


def _meant(turn: Turn) -> date | None:
    return date_meant(_named(turn), turn.facts.today) if turn.facts.today else None


def _named(turn: Turn) -> tuple[Day, ...]:
    """The days that a text names; where the day was asked for, a number alone is one of a month."""
    form = turn.reading.form
    if turn.state in ASKING and form.isdecimal() and len(form) <= 2:
        return (Day(form, day=int(form)),)
    return dates.every(telling(turn.text))


flow = Flow(
    "promise",
    (
        move("begin", START, DONE, when=in_parts, then=call_a_person),
        move("begin", START, DONE, when=promised, then=hold),
        move("begin", START, "ask_other_day", when=out_of_reach, then=tell_limit),
        move("begin", START, DONE, when=undated, then=note),
        move("begin", START, "ask_day"),
        move("reply", ASKING, DONE, when=in_parts, then=call_a_person),
        move("reply", ASKING, DONE, when=promised, then=hold),
        move("reply", ASKING, "ask_other_day", when=out_of_reach, then=tell_limit),
        move("reply", ASKING, DONE, when=given_up, then=note),
        move("reply", ASKING, then=ask_again),
        move("back", ASKING, DONE, then=note),
    ),
    intents=(Intent.PROMISE,),
    needs=("today",),
)

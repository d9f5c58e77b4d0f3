"""Handover: somebody asks for a person, or cannot pay; the bot steps back and marks the talk."""

from bot.dialogue.effects import HandOver, HoldBack
from bot.dialogue.flow import DONE, START, Flow, move
from bot.dialogue.holds import HoldKind
from bot.dialogue.turn import Turn
from bot.dialogue.vocabulary import Intent


def cannot_pay(turn: Turn) -> bool:
    return turn.reading.hardship


def spare(turn: Turn) -> None:
    turn.do(HandOver())
    turn.do(HoldBack(HoldKind.HARDSHIP))
    turn.say("hardship")


def call_a_person(turn: Turn) -> None:
    turn.do(HandOver())
    if turn.facts.opens_at is not None:
        turn.say("closed", opens=turn.facts.opens_at)
    else:
        turn.say("requested")


flow = Flow(
    "handover",
    (
        move("begin", START, DONE, when=cannot_pay, then=spare),
        move("begin", START, DONE, then=call_a_person),
    ),
    intents=(Intent.AGENT,),
)

"""Handover: somebody asks for a person; the conversation is marked and the bot steps back."""

from bot.dialogue.effects import HandOver
from bot.dialogue.flow import DONE, START, Flow, move
from bot.dialogue.turn import Turn
from bot.dialogue.vocabulary import Intent


def call_a_person(turn: Turn) -> None:
    turn.do(HandOver())
    turn.say("requested")


flow = Flow("handover", (move("begin", START, DONE, then=call_a_person),), intents=(Intent.AGENT,))

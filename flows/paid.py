"""Paid: somebody says that they have paid; thank them and have a person check."""

from bot.dialogue.effects import HandOver
from bot.dialogue.flow import DONE, START, Flow, move
from bot.dialogue.turn import Turn
from bot.dialogue.vocabulary import Intent


def thank(turn: Turn) -> None:
    turn.do(HandOver())
    turn.say("noted")


flow = Flow("paid", (move("begin", START, DONE, then=thank),), intents=(Intent.PAID,))

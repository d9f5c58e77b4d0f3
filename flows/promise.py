"""Promise: somebody says when they will pay, or asks for time."""

from bot.dialogue.flow import DONE, START, Flow, move
from bot.dialogue.turn import Turn
from bot.dialogue.vocabulary import Intent


def acknowledge(turn: Turn) -> None:
    turn.say("noted")


flow = Flow("promise", (move("begin", START, DONE, then=acknowledge),), intents=(Intent.PROMISE,))

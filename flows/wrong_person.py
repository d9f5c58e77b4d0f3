"""Wrong person: apologise, send nothing unasked, and have a person check the number."""

from bot.dialogue.effects import HandOver, Hold
from bot.dialogue.flow import DONE, START, Flow, move
from bot.dialogue.turn import Turn
from bot.dialogue.vocabulary import Intent


def apologise(turn: Turn) -> None:
    turn.do(Hold())
    turn.do(HandOver())
    turn.say("noted")


flow = Flow("wrong_person", (move("begin", START, DONE, then=apologise),), intents=(Intent.WRONG,))

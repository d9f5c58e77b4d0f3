"""Wrong person: apologise, and have a person check the number, in quarantine until then."""

from bot.dialogue.effects import HandOver
from bot.dialogue.flow import DONE, START, Flow, move
from bot.dialogue.turn import Turn
from bot.dialogue.vocabulary import Intent


def apologise(turn: Turn) -> None:
    turn.do(HandOver())
    turn.say("noted")


flow = Flow("wrong_person", (move("begin", START, DONE, then=apologise),), intents=(Intent.WRONG,))

"""Language: a remark that switches between Japanese and English, wherever the talk stands."""

from bot.dialogue.effects import ChooseLanguage
from bot.dialogue.flow import DONE, START, Flow, move
from bot.dialogue.turn import Turn
from bot.dialogue.vocabulary import Intent
from bot.text.language import Language


def choose(turn: Turn) -> None:
    japanese = turn.reading.intent is Intent.LANG_JA
    turn.do(ChooseLanguage(Language.JA if japanese else Language.EN))
    turn.say("switched")


flow = Flow(
    "language",
    (move("begin", START, DONE, then=choose),),
    intents=(Intent.LANG_JA, Intent.LANG_EN),
    aside=True,
)

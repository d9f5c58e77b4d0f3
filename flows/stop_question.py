"""Stop question: what may be a stop is asked back once; meanwhile nothing unasked leaves."""

from bot.dialogue.effects import Consent, Hold, RecordConsent, Release
from bot.dialogue.flow import DONE, START, Flow, move
from bot.dialogue.turn import Turn
from bot.dialogue.vocabulary import Intent
from flows.once_more import ask_again, asked_again, leave_open


def hold(turn: Turn) -> None:
    turn.do(Hold())


def stop(turn: Turn) -> None:
    turn.do(RecordConsent(Consent.STOPPED))


def go_on(turn: Turn) -> None:
    turn.do(Release())
    turn.say("goes_on")


flow = Flow(
    "stop_question",
    (
        move("begin", START, "ask", then=hold),
        move("reply", "ask", DONE, when=Turn.says_yes, then=stop),
        move("reply", "ask", DONE, when=Turn.says_no, then=go_on),
        move("reply", "ask", DONE, when=asked_again, then=leave_open),
        move("reply", "ask", then=ask_again),
        move("back", "ask", DONE, then=go_on),
    ),
    intents=(Intent.STOP,),
)

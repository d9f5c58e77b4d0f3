"""Onboarding: the one question whether unsolicited messages are welcome, and its confirmation."""

from bot.dialogue.effects import Consent, RecordConsent
from bot.dialogue.flow import DONE, START, Flow, move
from bot.dialogue.turn import Turn
from flows.once_more import ask_again, asked_again, leave_open


def ask(turn: Turn) -> None:
    turn.do(RecordConsent(Consent.ASKED))


def agree(turn: Turn) -> None:
    turn.do(RecordConsent(Consent.GRANTED))
    turn.say("agreed")


def decline(turn: Turn) -> None:
    turn.do(RecordConsent(Consent.REFUSED))
    turn.say("declined")


flow = Flow(
    "onboarding",
    (
        move("begin", START, "consent", then=ask),
        move("reply", "consent", DONE, when=Turn.says_yes, then=agree),
        move("reply", "consent", DONE, when=Turn.says_no, then=decline),
        move("reply", "consent", DONE, when=asked_again, then=leave_open),
        move("reply", "consent", then=ask_again),
        move("back", "consent", DONE, then=leave_open),
    ),
)

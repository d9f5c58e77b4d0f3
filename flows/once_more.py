"""A question that was not understood is asked once more, and then left open."""

from bot.dialogue.turn import Turn


def asked_again(turn: Turn) -> bool:
    return "asked_again" in turn.slots


def ask_again(turn: Turn) -> None:
    turn.slots["asked_again"] = True


def leave_open(turn: Turn) -> None:
    turn.say("left_open")

"""A company's own flow, as it would live outside this repository."""

from pathlib import Path

from bot.dialogue.flow import DONE, START, Flow, move
from bot.dialogue.turn import Turn

LOCALES = Path(__file__).parent / "locales"


def is_party(turn: Turn) -> bool:
    return turn.text.strip().isdecimal()


def keep_party(turn: Turn) -> None:
    turn.slots["party"] = int(turn.text)


def book(turn: Turn) -> None:
    turn.say("booked", table="A-7")


FLOWS = (
    Flow(
        "booking",
        (
            move("begin", START, "ask_party"),
            move("reply", "ask_party", "confirm", when=is_party, then=keep_party),
            move("reply", "ask_party"),
            move("reply", "confirm", DONE, when=Turn.says_yes, then=book),
            move("reply", "confirm", DONE, when=Turn.says_no),
            move("reply", "confirm"),
            move("back", "confirm", "ask_party"),
        ),
        keywords=("予約", "book"),
        match="first_word",
    ),
)

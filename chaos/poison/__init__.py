"""A flow with a bug, as a company may have written it: one word breaks it each time."""

from pathlib import Path

from bot.dialogue.flow import DONE, START, Flow, move
from bot.dialogue.turn import Turn

LOCALES = Path(__file__).parent / "locales"
WORD = "くじ"


def draw(turn: Turn) -> None:
    """Raises KeyError, for nobody ever put a prize there."""
    turn.say("done", prize=turn.slots["prize"])


FLOWS = (Flow("poison", (move("begin", START, DONE, then=draw),), keywords=(WORD, "lottery")),)

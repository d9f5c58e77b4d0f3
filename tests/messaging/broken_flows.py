"""Flows that go wrong, in the place of one that ships."""

from bot.dialogue.turn import Turn


def talks_too_long(flow: object, trigger: str, turn: Turn) -> bool:
    """A step to a state whose name is longer than PostgreSQL takes."""
    turn.state = "state " * 20
    return True

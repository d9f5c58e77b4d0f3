"""Holds that last until a person of the company has looked at them, in words."""

from sqlalchemy import Connection

from bot.compliance import reviews
from bot.doctor.finding import Finding, bad, good


def holds(connection: Connection) -> Finding:
    """How many wait for a review, by kind."""
    waiting = reviews.waiting(connection)
    if not waiting:
        return good("No hold waits for a person to review it.")
    named = ", ".join(f"{kind.words}: {count}" for kind, count in waiting.items())
    return bad(f"Holds that wait for a person to review them: {named}; see henji holds list.")

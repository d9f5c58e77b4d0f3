"""Guessed tokens and answers: limited by address, and an alert where somebody keeps trying.

The database counts wrong answers by link and by person, with or without Redis. What is counted here
comes on top; while Redis is away, it holds nobody up.
"""

from bot import alerts, limits
from bot.alerts import Kind
from bot.limits import Limit, Room
from bot.runtime import Runtime
from bot.store.session import transact

# A carrier puts many people behind one address, and links that ended are opened by honest people.
UNKNOWN_LINKS = Limit("unknown_links", 60, 600)
UNKNOWN_LINKS_OF_ALL = Limit("unknown_links_of_all", 1000, 600)
WRONG_ANSWERS_OF_ALL = Limit("wrong_answers_of_all", 100, 600)
WITHIN_S = 3600
# One alert is enough for a wave of them.
ALERTS = Limit("guessing_alerts", 1, 600)

LINKS_WORDS = "Somebody tries payment links that do not exist; {} Look at your web server's log."
ANSWERS_WORDS = "Many wrong answers are given on payment pages; {} Look at your web server's log."
ADDRESS = "the address is refused for a while."
EVERYWHERE = "they come from many addresses."


def may_look(runtime: Runtime, visitor: str) -> bool:
    """Whether an address may still ask for links: not after too many wrong ones."""
    return limits.room(runtime, UNKNOWN_LINKS, visitor) is not Room.NONE


def may_answer(runtime: Runtime, visitor: str) -> bool:
    """Whether an address may still say who is there."""
    return limits.room(runtime, _wrong_answers(runtime), visitor) is not Room.NONE


def note_unknown_link(runtime: Runtime, visitor: str) -> None:
    """Count a link that leads nowhere; the last one that is allowed raises an alert."""
    limits.spend(runtime, UNKNOWN_LINKS, visitor)
    if not may_look(runtime, visitor):
        _alert(runtime, "links", LINKS_WORDS.format(ADDRESS))
    if limits.spend(runtime, UNKNOWN_LINKS_OF_ALL) is Room.NONE:
        _alert(runtime, "links", LINKS_WORDS.format(EVERYWHERE))


def note_wrong_answer(runtime: Runtime, visitor: str) -> None:
    """Count a wrong answer; the last one that an address is allowed raises an alert."""
    limits.spend(runtime, _wrong_answers(runtime), visitor)
    if not may_answer(runtime, visitor):
        _alert(runtime, "answers", ANSWERS_WORDS.format(ADDRESS))
    if limits.spend(runtime, WRONG_ANSWERS_OF_ALL) is Room.NONE:
        _alert(runtime, "answers", ANSWERS_WORDS.format(EVERYWHERE))


def _wrong_answers(runtime: Runtime) -> Limit:
    return Limit("wrong_answers", runtime.settings.HENJI_WRONG_ANSWERS, WITHIN_S)


def _alert(runtime: Runtime, subject: str, words: str) -> None:
    if limits.spend(runtime, ALERTS, subject) is Room.LEFT:
        transact(
            runtime.engine,
            lambda connection: alerts.alert(connection, Kind.GUESSING, subject, words),
        )

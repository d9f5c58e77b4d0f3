"""What every run must hold, whatever fails: each check is pure and looks at one history."""

from collections.abc import Callable, Iterator, Sequence

from chaos.checks import answers, books, doors, stops
from chaos.checks.violation import Violation
from chaos.history import History

CHECKS: Sequence[Callable[[History], Iterator[Violation]]] = (
    answers.lost_texts,
    answers.wrong_answers,
    answers.lost_replies,
    answers.doubled,
    answers.to_the_wrong_person,
    answers.out_of_order,
    answers.texts_out_of_order,
    stops.after_a_stop,
    doors.refused,
    doors.strangers,
    books.untrue_statuses,
    books.unbounded_attempts,
    books.receipts,
    books.standings,
    books.whatever_else,
)


def violations(history: History) -> list[Violation]:
    """All that does not hold, by every check."""
    return [found for check in CHECKS for found in check(history)]

"""What the clock does for payments: order numbers, remind of what ends, judge promises."""

from collections.abc import Sequence

from bot.billing import promises
from bot.messaging import doorbell
from bot.messaging.reconciling.missed import Going
from bot.messaging.rounds import Round
from bot.payments import ordering, reminders
from bot.runtime import Runtime
from bot.store.session import transact


def judge_promises(runtime: Runtime, going: Going) -> None:
    """Say of the promises whose day is over whether they were kept."""
    transact(runtime.engine, promises.judge_due)


def remind(runtime: Runtime, going: Going) -> None:
    """Remind of links, and of times for a store, that end soon."""
    if reminders.remind_due(runtime):
        doorbell.ring(runtime)


def order(runtime: Runtime, going: Going) -> None:
    """Order the numbers for stores that people wished for by text."""
    ordering.order_wished(runtime)


def rounds() -> Sequence[Round]:
    """The rounds, to be turned beside those of `messaging`."""
    return [
        Round("order", 1, order),
        Round("remind", 60, remind),
        Round("judge promises", 60, judge_promises),
    ]

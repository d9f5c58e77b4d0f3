"""Whether our senders may send, in words."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from bot.doctor.finding import Finding, bad, good
from bot.doctor.queues import LATELY
from bot.messaging.sending import acts
from bot.messaging.sending.backlog import LOOK_BACK_DAYS
from bot.store.tables import circuits
from bot.text import mask


def findings(connection: Connection) -> Iterator[Finding]:
    """What waits because the provider refuses, and what was sent once more after a lost answer."""
    stopped = (
        select(circuits).where(circuits.c.open_until.is_not(None)).order_by(circuits.c.subject)
    )
    for row in connection.execute(stopped):
        yield bad(f"Messages wait for {_named(row.subject)} to work again: {row.reason}.")
    if resent := acts.count(connection, "resend", LOOK_BACK_DAYS * 24 * 3600):
        yield good(f"Messages {LATELY} whose answer was lost, and that were sent again: {resent}.")


def _named(subject: str) -> str:
    kind, _, which = subject.partition(" ")
    match kind:
        case "sender":
            return f"the sender {mask.number(which)}"
        case "region":
            return f"the region {which}"
    return "our account at the provider"

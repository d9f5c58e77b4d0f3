"""When nothing may be sent to a country: several of its numbers were refused, and none was not.

One refusal proves little: the code may be about a number's own range.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, delete, select, update

from bot import alerts
from bot.messaging.sending import circuits as circuit
from bot.messaging.sending.attempts import LEASE_S, Result
from bot.providers.codes import Whose
from bot.store.columns import utc_now
from bot.store.session import insert
from bot.store.tables import circuits, contacts, conversations, outbound_messages

# So many different numbers in a row.
FEWEST_NUMBERS = 3

_circuit = circuits.c
_outbound = outbound_messages.c


def note(connection: Connection, results: Sequence[Result]) -> None:
    """Count the numbers refused for their country; what got through starts the count anew."""
    by_region: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        if result.status == "sent" or _is_refused(result):
            by_region[circuit.of_region(result.message.recipient)].append(result)
    for region in sorted(by_region):
        if all(map(_is_refused, by_region[region])):
            _count(connection, region, by_region[region])
        else:
            _forget(connection, region)


def _is_refused(result: Result) -> bool:
    return result.whose is Whose.REGION and result.pause_s > 0


def _forget(connection: Connection, region: str) -> None:
    found = connection.execute(delete(circuits).where(_circuit.subject == region))
    if found.rowcount:
        alerts.settle(connection, circuit.kind_of(region), region, "clock", "a message got through")


def _count(connection: Connection, region: str, refused: Sequence[Result]) -> None:
    row = insert(connection, circuits).values(
        subject=region, window_at=utc_now(), openings=0, attempts=0, failures=0
    )
    connection.execute(row.on_conflict_do_nothing(index_elements=["subject"]))
    one_each = {result.message.recipient: result for result in refused}.values()
    more = sum(not _was_counted(connection, region, result) for result in one_each)
    counted = connection.execute(
        update(circuits)
        .where(_circuit.subject == region, _circuit.open_until.is_(None))
        .values(attempts=_circuit.attempts + more, failures=_circuit.failures + more)
        .returning(_circuit.failures)
    ).scalar()
    if counted is not None and counted >= FEWEST_NUMBERS:
        last = refused[-1]
        circuit.trip(connection, region, last.reason or "", last.pause_s, tell=last.alert)


def _was_counted(connection: Connection, region: str, result: Result) -> bool:
    """Whether the same number was refused so since the count began."""
    since = connection.execute(
        select(_circuit.window_at).where(_circuit.subject == region)
    ).scalar_one() - timedelta(seconds=LEASE_S)
    refused = (
        select(_outbound.id)
        .join(conversations, conversations.c.id == _outbound.conversation_id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .where(
            contacts.c.number == result.message.recipient,
            _outbound.status == "failed",
            _outbound.error_code == result.error_code,
            _outbound.attempted_at > since,
            _outbound.id < result.message.id,
        )
    )
    return connection.execute(refused.limit(1)).first() is not None

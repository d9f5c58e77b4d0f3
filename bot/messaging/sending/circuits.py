"""Circuits: whether anything may leave for our account, by a sender, to a country.

A circuit is closed (there is no row, or its attempts are being counted) or open until a moment;
after it, one message probes it. The rows are shared by all workers, and outlive them.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from bot import alerts
from bot.alerts import Kind
from bot.messaging.sending.attempts import LEASE_S
from bot.store.columns import seconds_from_now, utc_now
from bot.store.tables import circuits, senders
from bot.text import phone

ACCOUNT = "account"
SENDER = "sender "
REGION = "region "
# One message probes it after 5, 10, 20, then each 30 seconds: what is back is noticed as soon.
FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 30.0
# What a person must mend, or the provider asked to wait for, is tried less and less often, so that
# the twelve attempts of a message last for most of an hour.
LONGEST_WAIT_S = 300.0
KINDS = {ACCOUNT: Kind.ACCOUNT, SENDER: Kind.SENDER, REGION: Kind.REGION}
LONGEST_REASON = 200

_circuit = circuits.c


def of_sender(number: str) -> str:
    """The subject of a sender's circuit."""
    return SENDER + number


def of_region(recipient: str) -> str:
    """The subject of the circuit of a person's country."""
    return REGION + (phone.country(recipient) or "elsewhere")


def kind_of(subject: str) -> Kind:
    """What kind of alert goes with a circuit."""
    return next(kind for prefix, kind in KINDS.items() if subject.startswith(prefix))


def trip(
    connection: Connection, subject: str, reason: str, seconds: float = 0, *, tell: bool = True
) -> None:
    """Open a circuit, each time in a row for longer, and for `seconds` at the least.

    One that somebody has closed meanwhile stays closed: who probed it comes too late. `tell` raises
    the alert that goes with it.
    """
    least, most = (seconds, LONGEST_WAIT_S) if seconds else (FIRST_PAUSE_S, LONGEST_PAUSE_S)
    openings: int | None = connection.execute(
        select(_circuit.openings).where(_circuit.subject == subject)
    ).scalar()
    if openings is None:
        return
    pause = max(seconds, min(least * 2.0**openings, most))
    connection.execute(
        update(circuits)
        .where(_circuit.subject == subject)
        .values(
            open_until=seconds_from_now(pause),
            openings=openings + 1,
            reason=reason[:LONGEST_REASON],
        )
    )
    if tell:
        words = f"Messages wait, and one is tried from time to time: {reason}"
        ours = select(senders.c.id).where(senders.c.number == subject.removeprefix(SENDER))
        alerts.alert(connection, kind_of(subject), subject, words, ours.scalar_subquery())


def close(connection: Connection, subject: str) -> None:
    """A message got through: all may leave again."""
    connection.execute(delete(circuits).where(_circuit.subject == subject))
    alerts.settle(connection, kind_of(subject), subject, "clock", "a message got through")


def probe(connection: Connection, subject: str) -> bool:
    """Take the right to try one message, if nobody else has it; it ends with the claim."""
    taken = connection.execute(
        update(circuits)
        .where(_circuit.subject == subject, _circuit.open_until <= utc_now())
        .values(open_until=seconds_from_now(LEASE_S))
    )
    return taken.rowcount == 1


def give_back(connection: Connection, subject: str) -> None:
    """The message that was to probe a circuit was not tried: another may."""
    connection.execute(
        update(circuits)
        .where(_circuit.subject == subject, _circuit.open_until.is_not(None))
        .values(open_until=utc_now())
    )


def regions(connection: Connection) -> Mapping[str, datetime]:
    """The open circuits of countries, and until when."""
    found = select(_circuit.subject, _circuit.open_until).where(
        _circuit.subject.startswith(REGION), _circuit.open_until.is_not(None)
    )
    return {row.subject: row.open_until for row in connection.execute(found)}

"""Circuit breakers: where most attempts fail, all wait for a while, and then one is tried."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, case, update

from bot.messaging.sending import circuits as circuit
from bot.messaging.sending import regions
from bot.messaging.sending.attempts import Result
from bot.messaging.sending.circuits import ACCOUNT, LONGEST_WAIT_S, REGION, SENDER
from bot.providers.codes import Whose
from bot.store.columns import seconds_from_now, utc_now
from bot.store.session import insert
from bot.store.tables import circuits

# A circuit opens where half of at least twenty attempts within half a minute failed.
WINDOW_S = 30
FEWEST_ATTEMPTS = 20
TOO_MANY = 0.5
# Whose trouble tells that a probe did not get through.
IN_THE_WAY: Mapping[str, frozenset[Whose]] = {
    ACCOUNT: frozenset({Whose.ACCOUNT}),
    SENDER: frozenset({Whose.ACCOUNT, Whose.SENDER}),
    REGION: frozenset({Whose.ACCOUNT, Whose.SENDER, Whose.REGION}),
}

_circuit = circuits.c
_is_fresh = _circuit.window_at > seconds_from_now(-WINDOW_S)
# Without a failure lately there is no row to count in, which is what all is well looks like.
_COUNT = (
    update(circuits)
    .where(_circuit.subject == bindparam("of"), _circuit.open_until.is_(None), _is_fresh)
    .values(attempts=_circuit.attempts + bindparam("more"))
)


@dataclass
class _Tally:
    """What a batch of results says about one circuit."""

    attempts: int = 0
    failures: list[Result] = field(default_factory=list)


def note(connection: Connection, results: Sequence[Result]) -> None:
    """Count attempts; open circuits where too many failed, close those that a probe passed."""
    for result in results:
        for subject in result.message.probes:
            _settle_probe(connection, subject, result)
    tallies = _tallies([result for result in results if not result.given_back])
    well = [
        {"of": subject, "more": tally.attempts}
        for subject, tally in sorted(tallies.items())
        if not tally.failures
    ]
    if well:
        connection.execute(_COUNT, well)
    for subject in sorted(tallies):
        if tallies[subject].failures:
            _count(connection, subject, tallies[subject])
    regions.note(connection, results)


def _settle_probe(connection: Connection, subject: str, result: Result) -> None:
    if result.given_back:
        circuit.give_back(connection, subject)
    elif result.whose in IN_THE_WAY[_prefix(subject)]:
        _trip(connection, subject, result)
    else:
        circuit.close(connection, subject)


def _prefix(subject: str) -> str:
    return next(prefix for prefix in IN_THE_WAY if subject.startswith(prefix))


def _tallies(results: Sequence[Result]) -> dict[str, _Tally]:
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    for result in results:
        for whose, subject in _subjects(result):
            tallies[subject].attempts += 1
            if result.whose is whose:
                tallies[subject].failures.append(result)
    return tallies


def _subjects(result: Result) -> list[tuple[Whose, str]]:
    """Whose circuits a result counts in, but for its country's, which counts in its own way."""
    return [(Whose.ACCOUNT, ACCOUNT), (Whose.SENDER, circuit.of_sender(result.message.sender))]


def _count(connection: Connection, subject: str, tally: _Tally) -> None:
    counted = _add(connection, subject, tally)
    if counted is None:
        return
    attempts, failures = counted
    pausing = [failure for failure in tally.failures if failure.pause_s]
    if pausing:
        _trip(connection, subject, pausing[-1])
    elif attempts >= FEWEST_ATTEMPTS and failures >= TOO_MANY * attempts:
        reason = f"{failures} of {attempts} attempts failed; {tally.failures[-1].reason}"
        wish = max(failure.asked_s for failure in tally.failures)
        circuit.trip(connection, subject, reason, min(wish, LONGEST_WAIT_S))


def _trip(connection: Connection, subject: str, result: Result) -> None:
    seconds = result.pause_s or min(result.asked_s, LONGEST_WAIT_S)
    tell = result.alert or not result.pause_s
    circuit.trip(connection, subject, result.reason or "", seconds, tell=tell)


def _add(connection: Connection, subject: str, tally: _Tally) -> tuple[int, int] | None:
    """Count in a closed circuit's window, or a new one; None where the circuit is open."""
    more = {"attempts": tally.attempts, "failures": len(tally.failures)}
    row = insert(connection, circuits).values(
        subject=subject, window_at=utc_now(), openings=0, **more
    )
    in_window = {
        name: case((_is_fresh, _circuit[name] + number), else_=number)
        for name, number in more.items()
    }
    window_at = case((_is_fresh, _circuit.window_at), else_=utc_now())
    counted = row.on_conflict_do_update(
        index_elements=["subject"],
        set_={**in_window, "window_at": window_at},
        where=_circuit.open_until.is_(None),
    ).returning(_circuit.attempts, _circuit.failures)
    found = connection.execute(counted).one_or_none()
    return found and (found.attempts, found.failures)

"""Claim what may leave now: due, at the head of its line, within its sender's pace, past the gate.

queued -> sending (lease, token) -> sent | failed | unknown | queued again; canceled before leaving.
"""

import random
import secrets
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, String, bindparam, func, update

from bot.messaging.gate import may_send
from bot.messaging.sending import circuits, facts, kept_back
from bot.messaging.sending.attempts import LEASE_S, Claimed
from bot.messaging.sending.facts import NOTHING_SET, Background, Ours
from bot.messaging.sending.heads import heads, step_back
from bot.messaging.sending.lanes import Lane, lanes
from bot.messaging.sending.pace import Allowance, Pace
from bot.messaging.sending.verdicts import kept
from bot.messaging.verdict import Allowed, Reason
from bot.store.columns import seconds_from_now, utc_now
from bot.store.tables import outbound_messages

_outbound = outbound_messages.c
_TAKE = (
    update(outbound_messages)
    .where(_outbound.id.in_(bindparam("ids", expanding=True)))
    .values(
        status="sending",
        attempt_token=bindparam("token"),
        provider=func.coalesce(bindparam("through", type_=String), _outbound.provider),
        attempts=_outbound.attempts + 1,
        attempted_at=utc_now(),
        lease_until=seconds_from_now(LEASE_S),
        absences=0,
        reason=None,
        verdict="allowed",
        verdict_reasons=bindparam("why"),
    )
)


@dataclass(frozen=True)
class Claim:
    """Messages to send at once; `wait` is in how many seconds there may be more (None: not known).

    `paced` says that more is due now, and waits for its sender's pace alone.
    """

    messages: Sequence[Claimed] = ()
    wait: float | None = None
    paced: bool = False


@dataclass(frozen=True)
class _Allowed:
    """A message that may leave, with the gate's reasons and the circuits that it is to probe."""

    row: Row[Any]
    reasons: tuple[Reason, ...]
    probes: tuple[str, ...]


def claim(
    connection: Connection,
    limit: int,
    ours: Ours = NOTHING_SET,
    pace: Pace | None = None,
    through: str | None = None,
) -> Claim:
    """Take up to `limit` due messages, one per conversation, and ask the gate for each again.

    The urgent go first, whoever sends them. `ours` is what the settings say of the company;
    `pace` is how fast each sender may send. `through` names the provider that will be handed them:
    of a message whose process dies only that one can know.
    """
    every = lanes(connection)
    due = sorted((lane for lane in every if lane.is_due), key=_by_priority)
    allowance = Allowance(connection, pace, due)
    messages: list[Claimed] = []
    held_up: list[Lane] = []
    for lane in due:
        room = _room(lane, limit - len(messages), allowance)
        allowed = _next(connection, lane, room, ours) if room else []
        messages += _take(connection, allowed, through)
        allowance.charge(lane, [one.row.segments for one in allowed])
        if len(allowed) == room:
            held_up.append(lane)
            step_back(connection, [one.row.conversation_id for one in allowed])
    allowance.keep(connection)
    paced = [wait for lane in held_up if (wait := allowance.wait(lane))]
    waits = [*paced, *filter(None, [_wait(every)])]
    return Claim(messages, min(waits, default=None), bool(paced))


def _by_priority(lane: Lane) -> tuple[int, float]:
    """Of lanes of one priority, each sender's has the same chance to be first."""
    return lane.priority, random.random()  # noqa: S311 - not a secret


def _room(lane: Lane, room: int, allowance: Allowance) -> int:
    """How many messages of a lane may leave; of one behind an open circuit a single one."""
    return min(room, allowance.messages(lane), 1 if lane.probes else room)


@dataclass(frozen=True)
class Outlook:
    """Whether any message could leave now, and in how many seconds more falls due, if known."""

    due: bool
    wait: float | None


def outlook(connection: Connection, pace: Pace | None = None) -> Outlook:
    """What there is to send, as far as one can tell without asking the gate."""
    every = lanes(connection)
    free = [lane for lane in every if lane.is_due and _has_pace(lane, pace)]
    return Outlook(any(heads(connection, lane, 1) for lane in free), _wait(every))


def _has_pace(lane: Lane, pace: Pace | None) -> bool:
    return pace is None or lane.free_at is None or pace.room(lane.free_at, lane.now) >= 1


def _wait(every: Sequence[Lane]) -> float | None:
    return min(
        ((lane.opens_at - lane.now).total_seconds() for lane in every if not lane.is_due),
        default=None,
    )


def _next(connection: Connection, lane: Lane, limit: int, ours: Ours) -> Sequence[_Allowed]:
    """The next messages of a lane that may leave; behind those kept back, others may wait."""
    while rows := heads(connection, lane, limit):
        known = facts.background(connection, rows)
        free = [row for row in rows if facts.is_known(row, known)]
        verdicts = ((row, _judge(connection, row, known, ours)) for row in free)
        past_the_gate = [(row, verdict.reasons) for row, verdict in verdicts if verdict]
        allowed = _past_circuits(connection, lane, past_the_gate) if past_the_gate else ()
        if allowed or lane.probes or not free:
            return allowed
    return ()


def _judge(connection: Connection, row: Row[Any], known: Background, ours: Ours) -> Allowed | None:
    """The gate's verdict on a message; None where it is kept back, which is written down."""
    try:
        verdict = may_send(facts.facts_of(row, known, ours))
    except Exception as error:  # a bug, or newer code's words: no other message shall wait for it
        kept_back.set_aside(connection, row, error)
        return None
    if isinstance(verdict, Allowed):
        facts.count(row, known)
        return verdict
    kept_back.by_gate(connection, row, verdict)
    return None


def _past_circuits(
    connection: Connection, lane: Lane, rows: Sequence[tuple[Row[Any], tuple[Reason, ...]]]
) -> Sequence[_Allowed]:
    """Those of the messages that no open circuit stops; a country's stops no answers, for who
    texts us from there can most likely be answered, and a STOP must be."""
    taken = [subject for subject in lane.probes if circuits.probe(connection, subject)]
    if len(taken) < len(lane.probes):
        for subject in taken:
            circuits.give_back(connection, subject)
        return ()
    paused = circuits.regions(connection) if lane.regions_paused else {}
    allowed = []
    for row, reasons in rows:
        is_answer = row.message_class in facts.ANSWERS
        region = "" if is_answer or not paused else circuits.of_region(row.recipient)
        if region not in paused:
            allowed.append(_Allowed(row, reasons, lane.probes))
        elif circuits.probe(connection, region):
            allowed.append(_Allowed(row, reasons, (*lane.probes, region)))
        else:
            kept_back.put_off(connection, row, paused[region], f"nothing may be sent to {region}")
    return allowed


def _take(
    connection: Connection, allowed: Sequence[_Allowed], through: str | None
) -> list[Claimed]:
    token = secrets.token_hex(16)
    # Read before the database starts the lease, so that it never ends later here than there.
    leased_until = time.monotonic() + LEASE_S
    by_reasons: dict[tuple[Reason, ...], list[int]] = defaultdict(list)
    for one in allowed:
        by_reasons[one.reasons].append(one.row.id)
    for reasons, ids in by_reasons.items():
        why = kept(reasons)
        connection.execute(_TAKE, {"ids": ids, "token": token, "why": why, "through": through})
    return [_claimed(one, token, leased_until) for one in allowed]


def _claimed(allowed: _Allowed, token: str, leased_until: float) -> Claimed:
    row = allowed.row
    return Claimed(
        row.id,
        token,
        row.attempts + 1,
        row.sender,
        row.recipient,
        row.body,
        row.segments,
        max(int((row.expires_at - row.now).total_seconds()), 1),
        leased_until,
        row.error_code,
        row.script_key,
        allowed.probes,
    )

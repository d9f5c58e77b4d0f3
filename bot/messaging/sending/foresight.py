"""What the gate would say of a message now, before it is due: so nobody is queued in vain."""

from sqlalchemy import Connection

from bot.messaging.gate import may_send
from bot.messaging.sending import facts, heads
from bot.messaging.sending.facts import Ours
from bot.messaging.verdict import Blocked, Later, Verdict


def foresee(connection: Connection, message_id: int, ours: Ours) -> Verdict:
    """The verdict on a message of a conversation that is locked; the gate is asked again when it
    leaves. What would have to wait for longer than it is of use is blocked."""
    row = heads.one(connection, message_id)
    known = facts.background(connection, [row])
    verdict = may_send(facts.facts_of(row, known, ours))
    if isinstance(verdict, Later) and verdict.at >= row.expires_at:
        return Blocked(f"{verdict.why}; for longer than it is of use", verdict.reasons)
    return verdict

"""What would become of a campaign if it were sent now: who would get it, who not, and its price.

Everybody's message is written as it would be sent, and taken back at once.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.campaigns.campaign import RecipientStatus
from bot.campaigns.offering import TWICE, Offered, offer
from bot.messaging.verdict import Blocked, Later, Verdict
from bot.runtime import Runtime
from bot.scripts.checker import billing
from bot.scripts.checker.billing import PerStep
from bot.store.session import transact
from bot.store.tables import campaign_recipients


@dataclass
class Estimate:
    """How many would get it at once, later and not at all, the latter two by the gate's rule.

    `steps` are what providers bill, by the name of their billing table; `per_step` is the price of
    one in yen, of the tables where it is known.
    """

    now: int = 0
    later: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    segments: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    per_step: PerStep = field(default_factory=dict)

    @property
    def recipients(self) -> int:
        """How many would get it."""
        return self.now + self.later.total()

    @property
    def yen(self) -> Mapping[str, float]:
        """What all of it would cost, by the billing tables whose price is known."""
        return billing.priced_of(self.steps, self.per_step)

    def count(self, offered: Offered) -> None:
        """One person more."""
        verdict = offered.verdict
        if isinstance(verdict, Blocked):
            self.refused[_rule(verdict)] += 1
            return
        if isinstance(verdict, Later):
            self.later[_rule(verdict)] += 1
        else:
            self.now += 1
        if offered.message is not None:
            self.segments += offered.message.segments
            body = offered.message.body
            self.steps.update({name: one.steps(body) for name, one in billing.tables().items()})


def estimate(runtime: Runtime, campaign: Row[Any]) -> Estimate:
    """Ask the gate about everybody who is still to come. It takes some milliseconds for each."""
    pinned = runtime.pinned()
    total = Estimate(per_step=runtime.settings.yen_per_step)
    written_to = set[int]()
    for account_id in transact(runtime.engine, partial(_waiting, campaign.id)):
        offered = transact(runtime.engine, partial(_try, pinned, campaign, account_id))
        total.count(TWICE if offered.contact_id in written_to else offered)
        if offered.contact_id is not None and not isinstance(offered.verdict, Blocked):
            written_to.add(offered.contact_id)
    return total


def _waiting(campaign_id: int, connection: Connection) -> list[int]:
    recipient = campaign_recipients.c
    waiting = (recipient.campaign_id == campaign_id) & (recipient.status == RecipientStatus.WAITING)
    found = select(recipient.account_id).where(waiting).order_by(recipient.account_id)
    return list(connection.execute(found).scalars())


def _try(runtime: Runtime, campaign: Row[Any], account_id: int, connection: Connection) -> Offered:
    with connection.begin_nested() as attempt:
        offered = offer(connection, runtime, campaign, account_id)
        attempt.rollback()
    return offered


def _rule(verdict: Verdict) -> str:
    """The rule that blocks or puts off."""
    reasons = verdict.reasons
    return next((one.rule for one in reasons if one.blocks or one.until), "")

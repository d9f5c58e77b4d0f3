"""A crowd of invented customers, and the campaigns that are sent to them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from bot.campaigns import drafting, estimate, moving, people, progress, queueing
from bot.campaigns.campaign import CampaignKind, Plan, find
from bot.campaigns.estimate import Estimate
from bot.campaigns.progress import Progress
from bot.compliance import holds
from bot.dialogue.holds import HoldKind
from bot.overview import campaigns as overview
from bot.runtime import Runtime
from bot.store.session import transact
from bot.store.tables import accounts, contacts, outbound_messages, payment_links
from tests.messaging.campaign import people as conversations_with
from tests.people import OURS, Texting

MAKER, CHECKER = "staff:sato", "staff:suzuki"
REMINDER = Plan("december", CampaignKind.DUNNING, "billing", "campaign.reminder", sender=OURS)


def number(index: int) -> str:
    return f"+8190{index:08d}"


def customer_number(index: int) -> str:
    return f"C{index:06d}"


@dataclass
class Crowd:
    """Customers with indexes from 1, who owe 12,800 yen each and agreed to messages about it."""

    texting: Texting

    @property
    def runtime(self) -> Runtime:
        return self.texting.runtime

    def gathers(self, count: int) -> None:
        """So many customers come."""
        vault, indexes = self.runtime.vault, range(1, count + 1)
        rows = [
            {
                "number": number(index),
                "customer_number": vault.seal(customer_number(index)),
                "customer_number_index": vault.index(customer_number(index)),
                "name": vault.seal(""),
                "due_minor": 12800,
                "currency": "JPY",
            }
            for index in indexes
        ]
        with self.runtime.engine.begin() as connection:
            conversations_with(connection, map(number, indexes))
            connection.execute(insert(accounts), rows)

    def are_on_hold(self, indexes: range) -> None:
        """Nothing unsolicited goes to these, until staff release it."""
        found = select(contacts.c.id).where(contacts.c.number.in_(map(number, indexes)))
        with self.runtime.engine.begin() as connection:
            for contact in connection.execute(found).scalars().all():
                holds.place(connection, contact, HoldKind.HARDSHIP, "they cannot pay")

    def have_paid(self, indexes: range) -> None:
        """Nothing is due of these any more."""
        theirs = accounts.c.number.in_(map(number, indexes))
        self.does(update(accounts).where(theirs).values(due_minor=0))

    def does(self, statement: Any) -> None:
        with self.runtime.engine.begin() as connection:
            connection.execute(statement)

    def plans(self, count: int, plan: Plan = REMINDER) -> None:
        """A campaign for the first customers is made."""

        def make(connection: Any) -> None:
            drafting.create(connection, self.runtime, plan, MAKER)
            numbers = map(customer_number, range(1, count + 1))
            people.choose(connection, self.runtime.vault, plan.name, numbers, MAKER)

        transact(self.runtime.engine, make)

    def starts(self, name: str = REMINDER.name) -> None:
        """It is approved by somebody else, and started."""
        transact(self.runtime.engine, lambda it: moving.approve(it, name, CHECKER))
        transact(self.runtime.engine, lambda it: moving.start(it, self.runtime, name, MAKER))

    def stops(self, name: str = REMINDER.name) -> int:
        """It is stopped; how many messages were taken back."""
        return transact(self.runtime.engine, lambda it: moving.stop(it, name, MAKER, "a mistake"))

    def queues(self, name: str = REMINDER.name, most: int = 10_000) -> int:
        """The clock queues messages to so many people at the most; to how many it did."""
        campaign_id = self.campaign(name).id
        done = 0
        while done < most and queueing.queue_next(self.runtime, campaign_id):
            done += 1
        return done

    def campaign(self, name: str = REMINDER.name) -> Any:
        return transact(self.runtime.engine, lambda connection: find(connection, name))

    def estimate(self, name: str = REMINDER.name) -> Estimate:
        return estimate.estimate(self.runtime, self.campaign(name))

    def progress(self, name: str = REMINDER.name) -> Progress:
        campaign_id = self.campaign(name).id
        return transact(
            self.runtime.engine, lambda connection: progress.of_campaign(connection, campaign_id)
        )

    def recipients(self, name: str = REMINDER.name) -> Sequence[Any]:
        """Its people as the console lists them, by their accounts."""
        campaign_id = self.campaign(name).id
        with self.runtime.engine.begin() as connection:
            return overview.recipients(connection, campaign_id)

    def got(self) -> Counter[str]:
        """How many texts the carrier has taken for each number."""
        return Counter(one.recipient for one in self.runtime.provider.accepted)  # type: ignore[attr-defined]

    def links(self) -> list[str]:
        """Where the payment links stand, the oldest first."""
        return [row.status for row in self.finds(payment_links)]

    def messages(self) -> list[tuple[str, str]]:
        """Of the campaigns' messages, the oldest first: the status, and the gate's last reason."""
        return [
            (row.status, row.verdict_reasons[-1]["rule"] if row.verdict_reasons else "")
            for row in self.finds(outbound_messages)
            if row.campaign_id is not None
        ]

    def finds(self, table: Any) -> Sequence[Any]:
        """All rows of a table."""
        with self.runtime.engine.begin() as connection:
            return connection.execute(select(table).order_by(table.c.id)).all()

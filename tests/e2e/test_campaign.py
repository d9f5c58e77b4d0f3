"""A clock that dies while it queues a campaign: another goes on, and nobody is written twice."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.billing.customer_file import CustomerFile
from bot.compliance import countries
from bot.messaging.debts import import_file
from bot.store.crypto import Vault
from bot.store.tables import campaigns, outbound_messages
from tests.cli.commands import henji
from tests.e2e.site import Site
from tests.e2e.waiting import until

PEOPLE = 300
SHIPPED = countries.shipped()
COLUMNS = "phone,customer_number,name,language,amount_due,currency,due_date"
# No consent is needed for it.
ADD = (
    "add", "news", "--kind", "notice", "--purpose", "billing", "--script", "campaign.notice",
    "--exemption", "transaction", "--ground", "order 12", "--by", "sato",
)  # fmt: skip


def numbers() -> list[str]:
    """Of a country where it is day for ten minutes more: at any time it is in one of these."""
    now = datetime.now(UTC)
    for begin, digits in (("+8180", 8), ("+4474", 8), ("+1415", 7)):
        rules = countries.of_number(begin, SHIPPED)
        if not any(map(rules.quiet_zone, (now, now + timedelta(minutes=10)))):
            return [f"{begin}{one:0{digits}}" for one in range(1, PEOPLE + 1)]
    raise AssertionError("it is night everywhere")


def queued(site: Site) -> Counter[int]:
    """How many messages of the campaign each conversation has."""
    of_campaign = outbound_messages.c.campaign_id.is_not(None)
    with site.engine.connect() as connection:
        found = select(outbound_messages.c.conversation_id).where(of_campaign)
        return Counter(connection.scalars(found))


def is_finished(site: Site) -> bool:
    with site.engine.connect() as connection:
        return connection.scalar(select(campaigns.c.state)) == "finished"


def test_a_clock_that_is_killed_doubles_nobody_and_loses_nobody(site: Site) -> None:
    rows = [f"{number},C{one:05},,,1000,," for one, number in enumerate(numbers(), 1)]
    file = CustomerFile("\n".join([COLUMNS, *rows]).encode())
    import_file(site.engine, Vault(site.environment["SECRET_KEY"]), file)
    chosen = site.folder / "people.csv"
    chosen.write_text("\n".join(["customer_number", *(f"C{n:05}" for n in range(1, PEOPLE + 1))]))
    for arguments in (
        (*ADD, "--sender", site.environment["HENJI_SENDER"]),
        ("people", "news", "--from", str(chosen), "--by", "sato"),
        ("approve", "news", "--by", "suzuki"),
        ("start", "news", "--by", "sato"),
    ):
        ended = henji("campaigns", *arguments, environment=site.environment)
        assert ended.status == 0, ended.err
    site.up("valkey", "clock")
    until(lambda: len(queued(site)) >= PEOPLE // 10)

    site.kill("clock")
    site.up("clock")

    until(lambda: is_finished(site), within=120)
    assert len(queued(site)) == PEOPLE
    assert set(queued(site).values()) == {1}

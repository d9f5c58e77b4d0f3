"""The whole comparison over HTTP, by Twilio's own client with the handset as the carrier."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.messaging.reconciling import night
from bot.messaging.reconciling.reconcile import Progress, reconcile
from bot.providers.twilio import Twilio
from bot.runtime import Runtime
from handset.server import running
from handset.settings import Settings
from tests.e2e.waiting import until
from tests.handset.conftest import Http
from tests.messaging.lines import HANAKO, TARO, rows
from tests.people import OURS, Texting

SAMPLE = Path(__file__).parents[2] / "samples" / "customers.csv"
NOWHERE = "http://127.0.0.1:9"
ACCOUNT = "AC" + "0" * 32


@dataclass
class Deaf:
    """A bot that hears nothing of its carrier: no webhook of the handset's ever reaches it."""

    texting: Texting
    handset: Http

    def statuses(self) -> list[str]:
        found = self.handset.get(f"/phone/messages?number=%2B{HANAKO[1:]}").json()["messages"]
        return [one["status"] for one in found if one["direction"] != "inbound"]


@pytest.fixture
def deaf(runtime: Runtime, tmp_path: Path) -> Iterator[Deaf]:
    token = runtime.settings.secret("TWILIO_AUTH_TOKEN")
    carrier = Settings(
        database=tmp_path / "handset.sqlite3",
        people=SAMPLE,
        webhook_url=f"{NOWHERE}/webhooks/twilio/messages",
        number=OURS,
        brand="例示商会",
        account_sid=ACCOUNT,
        auth_token=token,
        gateway_secret="unused",
        callback_delay_ms=1,
    )
    with running(carrier) as url, Http(url) as http:
        given = {"PUBLIC_URL": NOWHERE, "TWILIO_API_BASE": url, "TWILIO_ACCOUNT_SID": ACCOUNT}
        settings = runtime.settings.model_copy(update=given)
        there = replace(runtime, settings=settings, provider=Twilio(settings))
        yield Deaf(Texting(there, None), http)  # type: ignore[arg-type]


def test_a_bot_that_heard_nothing_knows_it_all_afterwards(deaf: Deaf) -> None:
    runtime = deaf.texting.runtime
    for number, text in ((HANAKO, "ヘルプ"), (TARO, "配信停止")):
        assert deaf.handset.post("/phone/texts", json={"from": number, "body": text}).ok
    assert isinstance(runtime.provider, Twilio)
    now = datetime.now(UTC)
    progress = Progress(now - timedelta(hours=1), now + timedelta(minutes=2))
    reconcile(runtime, runtime.provider, progress, lambda _: None, lambda: True)
    assert (progress.found.texts, progress.found.foreign) == (2, 0)

    deaf.texting.sends()
    assert deaf.texting.new_keys() == ["common.help", "consent.stopped"]
    until(lambda: deaf.statuses() == ["delivered"])
    deaf.handset.put("/faults", json={"list_error": {"next": 1}})
    with runtime.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE senders SET created_at = '2026-01-01'")
    night.at_night(runtime, lambda: True)
    with runtime.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE clock_rounds SET covered_until = '2026-01-01'")
    for _ in range(2):
        night.at_night(runtime, lambda: True)

    assert rows(deaf.texting) == [("sent", "delivered")] * 2

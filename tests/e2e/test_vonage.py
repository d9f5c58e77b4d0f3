"""The processes of production with another provider: nothing but settings is different."""

import json
from collections.abc import Iterator

import pytest
import requests
from sqlalchemy import select

from bot.demo import parts
from bot.providers import Answer
from bot.store.tables import outbound_messages
from tests.cases import HANAKO, Posted
from tests.cases.vonage import ENVIRONMENT, status, text
from tests.e2e.phone import TIMEOUT_S
from tests.e2e.site import Site
from tests.e2e.waiting import until
from tests.stand_in import StandIn, standing_in

UUID = "aaaaaaaa-bbbb-4ccc-8ddd-000000000001"


@pytest.fixture
def vonage() -> Iterator[StandIn]:
    with standing_in() as stand_in:
        stand_in.otherwise = Answer(202, json.dumps({"message_uuid": UUID}).encode())
        yield stand_in


@pytest.fixture
def site(site: Site, vonage: StandIn) -> Site:
    address = f"http://{parts.HOST}:{site.ports.bot}"
    chosen = {**ENVIRONMENT, "VONAGE_API_BASE": vonage.url, "PUBLIC_URL": address}
    twilio = {name: "" for name in site.environment if name.startswith("TWILIO_")}
    site.environment = {**site.environment, **twilio, **chosen}
    site.up("valkey", "clock", "worker", "web")
    return site


def post(site: Site, posted: Posted) -> int:
    """Bring a webhook over HTTP; the status of the answer."""
    address = f"{site.environment['PUBLIC_URL']}{posted.path}"
    answer = requests.post(
        address, posted.how["data"], headers=posted.how["headers"], timeout=TIMEOUT_S
    )
    return answer.status_code


def test_a_text_is_answered_and_its_delivery_is_known(site: Site, vonage: StandIn) -> None:
    assert post(site, text(HANAKO, "ヘルプ", "sid-1")) == 200
    until(site.is_settled)
    (request,) = vonage.received
    reference = json.loads(request.body)["client_ref"]
    assert post(site, status(int(reference.removeprefix("henji-")), UUID, "delivered", None)) == 200

    with site.engine.connect() as connection:
        sent = connection.execute(select(outbound_messages)).one()
    assert (sent.status, sent.provider, sent.provider_sid) == ("sent", "vonage", UUID)
    assert sent.delivery_status == "delivered"

"""The whole path by Vonage, from its webhook over its HTTP API to the status, on both databases."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Row, select

from bot.app import build_runtime, create_app, register_sender
from bot.messaging.reports.timeline import timeline
from bot.messaging.sending import claim
from bot.providers import Answer
from bot.settings import load
from bot.store.session import transact
from bot.store.tables import outbound_messages
from tests.cases import HANAKO
from tests.cases.vonage import ENVIRONMENT, STATUS, TOLD, posted, status, text
from tests.messaging.lines import let_pass, look_up
from tests.messaging.reporting import kept, message_row
from tests.people import OURS, Texting
from tests.stand_in import Received, StandIn, standing_in


class Vonage(StandIn):
    """Takes every message and gives it a UUID, unless it is told otherwise."""

    def take(self, request: Received) -> Answer | None:
        said = super().take(request)
        uuid = f"aaaaaaaa-bbbb-4ccc-8ddd-{len(self.received):012}"
        return Answer(202, json.dumps({"message_uuid": uuid}).encode()) if said is TAKEN else said

    def texts(self) -> list[dict[str, Any]]:
        """The messages that were handed over, in order, taken or not."""
        return [json.loads(request.body) for request in self.received]


TAKEN = Answer(202)
_sids = itertools.count(1)


@pytest.fixture
def vonage() -> Iterator[Vonage]:
    with standing_in(Vonage) as stand_in:
        stand_in.otherwise = TAKEN
        yield stand_in


@pytest.fixture
def texting(database_url: str, valkey_url: str, vonage: Vonage) -> Iterator[Texting]:
    servers = {"DATABASE_URL": database_url, "REDIS_URL": valkey_url}
    settings = load(environment={**ENVIRONMENT, **servers, "VONAGE_API_BASE": vonage.url})
    runtime = build_runtime(settings)
    register_sender(runtime)
    yield Texting(runtime, create_app(runtime).test_client())
    runtime.redis.flushdb()
    runtime.redis.close()
    runtime.wire.close()
    runtime.engine.dispose()


def says(texting: Texting, body: str) -> None:
    """Deliver a text by Vonage's webhook, and send what is due."""
    heard = text(HANAKO, body, f"sid-{next(_sids)}")
    assert texting.client.post(heard.path, **heard.how).status_code == 200
    texting.sends()


def tells(texting: Texting, words: str, uuid: str, code: int | None = None) -> None:
    """Report on the only message by Vonage's webhook."""
    report = status(message(texting).id, uuid, words, code)
    assert texting.client.post(report.path, **report.how).status_code == 200


def message(texting: Texting) -> Row[Any]:
    with texting.runtime.engine.begin() as connection:
        return connection.execute(select(outbound_messages)).one()


def test_a_text_is_answered_and_its_delivery_is_known(texting: Texting, vonage: Vonage) -> None:
    says(texting, "ヘルプ")
    sent = message(texting)

    assert (sent.status, sent.provider, sent.delivery_status) == ("sent", "vonage", None)
    (handed_over,) = vonage.texts()
    assert (handed_over["to"], handed_over["from"]) == (HANAKO[1:], OURS[1:])
    assert (handed_over["text"], handed_over["client_ref"]) == (sent.body, f"henji-{sent.id}")
    for words in ("sent", "delivered"):
        tells(texting, words, sent.provider_sid)
        assert message(texting).delivery_status == words
    tells(texting, "sent", sent.provider_sid)
    assert message(texting).delivery_status == "delivered"


def test_each_message_keeps_the_network_that_was_told_of_it(
    texting: Texting, vonage: Vonage
) -> None:
    for network in ("44010", "44020"):
        says(texting, "ヘルプ")
        sent = message_row(texting)
        told = {"message_uuid": sent.provider_sid, "client_ref": f"henji-{sent.id}"}
        network_told = {"destination": {"network_code": network}}
        for more in ({"status": "submitted"}, {"status": "delivered", **network_told}):
            report = posted(STATUS, {**TOLD, **told, **more})
            assert texting.client.post(report.path, **report.how).status_code == 200

    assert [row.carrier for row in kept(texting, outbound_messages)] == ["44010", "44020"]
    with texting.runtime.engine.begin() as connection:
        history = [(event.what, event.carrier) for event in timeline(connection, 1)]
    assert history[-2:] == [("passed on", None), ("delivered", "44010")]


def test_a_stop_is_confirmed_once_and_ends_it(texting: Texting, vonage: Vonage) -> None:
    for body in ("配信停止", "STOP", "残高"):
        says(texting, body)

    (confirmed,) = vonage.texts()
    assert confirmed["text"] == message(texting).body
    assert message(texting).script_key.startswith("consent.")


def test_what_perhaps_left_is_settled_by_its_status(texting: Texting, vonage: Vonage) -> None:
    vonage.answers.append(None)
    says(texting, "ヘルプ")
    assert message(texting).status == "unknown"

    look_up(texting, seconds=60)
    texting.sends()
    tells(texting, "delivered", "a-uuid")

    settled = message(texting)
    assert (settled.status, settled.provider_sid) == ("sent", "a-uuid")
    assert settled.delivery_status == "delivered"
    assert len(vonage.received) == 1


def test_what_no_status_settles_is_parked_and_never_sent_again(
    texting: Texting, vonage: Vonage
) -> None:
    vonage.answers.append(Answer(502, b"<html>"))
    says(texting, "ヘルプ")
    look_up(texting, seconds=119)
    assert message(texting).status == "unknown"
    look_up(texting, seconds=121)
    texting.sends()

    assert message(texting).status == "parked"
    assert len(vonage.received) == 1
    tells(texting, "sent", "a-uuid")
    assert message(texting).status == "sent"


def test_what_a_dead_process_held_is_settled_or_parked_but_not_sent_again(
    texting: Texting, vonage: Vonage
) -> None:
    heard = text(HANAKO, "ヘルプ", f"sid-{next(_sids)}")
    texting.client.post(heard.path, **heard.how)
    transact(texting.runtime.engine, lambda connection: claim.claim(connection, 1))
    look_up(texting, seconds=121)
    texting.sends()

    assert message(texting).status == "parked"
    assert vonage.received == []


def test_what_was_not_taken_is_sent_again(texting: Texting, vonage: Vonage) -> None:
    vonage.answers.append(Answer(429, headers={"retry-after": "1"}))
    says(texting, "ヘルプ")
    assert message(texting).status == "queued"
    let_pass(texting)
    texting.sends()

    assert message(texting).status == "sent"
    assert len(vonage.received) == 2


def test_who_unsubscribed_at_vonage_is_not_written_to_again(
    texting: Texting, vonage: Vonage
) -> None:
    says(texting, "ヘルプ")
    tells(texting, "undelivered", message(texting).provider_sid, 1240)
    says(texting, "残高")

    assert message(texting).error_code == 1240
    assert len(vonage.received) == 1

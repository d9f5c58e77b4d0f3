"""The journal tells of every request between the carrier and the bot how it was answered."""

from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.handset.conftest import Http
from tests.handset.recording_bot import RecordingBot
from tests.handset.test_faults import HANAKO, send
from tests.handset.test_webhooks import wait_for_tick


def entries(http: Http, kind: str) -> list[dict[str, Any]]:
    found = http.get("/phone/journal").json()["entries"]
    return [entry for entry in found if entry["kind"] == kind]


def test_a_text_is_entered_with_every_answer(http: Http, bot: RecordingBot) -> None:
    bot.answers.extend([503, 200])
    sid = http.post("/phone/texts", json={"from": HANAKO, "body": "残高"}).json()["sid"]
    wait_for_tick(http, "delivered")

    first, second = entries(http, "inbound")
    assert (first["subject"], first["answer"]) == (sid, 503)
    assert (second["subject"], second["answer"]) == (sid, 200)
    assert first["began"] <= first["ended"] < second["began"] <= second["ended"]


def test_a_text_can_be_brought_twice_at_once(http: Http, bot: RecordingBot) -> None:
    http.put("/faults", json={"inbound_twice": {"next": 1}})
    sid = http.post("/phone/texts", json={"from": HANAKO, "body": "残高"}).json()["sid"]

    first, second = bot.wait_for(2)
    assert first.form == second.form
    assert first.form["MessageSid"] == sid


def test_a_text_that_is_not_taken_can_be_given_up(http: Http, bot: RecordingBot) -> None:
    bot.answers.append(503)
    http.put("/faults", json={"inbound_once": {"next": 1}})
    http.post("/phone/texts", json={"from": HANAKO, "body": "残高"})
    wait_for_tick(http, "failed")

    assert [entry["answer"] for entry in entries(http, "inbound")] == [503]


@pytest.mark.parametrize("fault", ["hang_up", "answer_lost"])
def test_a_text_whose_answer_was_not_heard_is_brought_again(
    http: Http, bot: RecordingBot, fault: str
) -> None:
    http.put("/faults", json={fault: {"next": 1}})
    http.post("/phone/texts", json={"from": HANAKO, "body": "残高"})
    first, second = bot.wait_for(2)
    wait_for_tick(http, "delivered")

    assert (first.url, first.form) == (second.url, second.form)
    assert [entry["answer"] for entry in entries(http, "inbound")] == [-1, 204]


def test_what_was_accepted_is_entered_even_where_nobody_was_told(
    client: Client, http: Http, bot: RecordingBot
) -> None:
    http.put("/faults", json={"throttle": {"next": 1}, "error_after_accept": {"next": 1}})
    for _ in range(2):
        try:
            send(client, status_callback=f"{bot.url}/status")
        except TwilioRestException:
            continue
    [message] = client.messages.list()

    refused, accepted = entries(http, "create")
    assert (refused["subject"], refused["answer"]) == ("", 429)
    assert (accepted["subject"], accepted["answer"]) == (message.sid, 201)
    assert refused["detail"] == accepted["detail"] == f"{bot.url}/status"

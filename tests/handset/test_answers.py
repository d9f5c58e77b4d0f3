"""The answer to a create can be late, lost, half or nonsense, whether it was accepted or not."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from tests.handset.conftest import Http
from tests.handset.recording_bot import RecordingBot
from tests.handset.test_faults import HANAKO, of, send

HELD_WITHIN = {"within": 20}


@pytest.mark.parametrize("fault", ["truncated", "unreadable"])
def test_an_answer_that_cannot_be_read_is_that_of_an_accepted_message(
    client: Client, http: Http, fault: str
) -> None:
    http.put("/faults", json={fault: {"next": 1}})
    with pytest.raises((requests.RequestException, TwilioException, ValueError)):
        send(client)
    assert len(client.messages.list()) == 1


def test_an_answer_can_lack_the_sid(client: Client, http: Http) -> None:
    http.put("/faults", json={"no_sid": {"next": 1}})
    assert send(client) == ""
    assert len(client.messages.list()) == 1


@pytest.mark.parametrize("fault", ["accept_late", "trickled"])
def test_an_answer_takes_its_time(client: Client, http: Http, fault: str) -> None:
    http.put("/faults", json={fault: {"next": 1}, "hang_ms": 300})
    began = time.monotonic()
    assert send(client)
    assert time.monotonic() - began >= 0.3


def test_an_answer_can_be_held_back(client: Client, http: Http, aside: ThreadPoolExecutor) -> None:
    http.put("/faults", json={"hold_answer": {"next": 1}})
    sent = aside.submit(send, client)
    assert http.get("/faults/held", params=HELD_WITHIN | {"fault": "hold_answer"}).json()["held"]
    assert not http.get("/faults/held", params={"fault": "hold_after_accept"}).json()["held"]
    http.post("/faults/release", params={"fault": "hold_after_accept"})
    [message] = client.messages.list()
    assert not sent.done()

    http.post("/faults/release", params={"fault": "hold_answer"})
    assert sent.result() == message.sid


@pytest.mark.parametrize(
    ("fault", "accepted"), [("hold_before_accept", 0), ("hold_after_accept", 1)]
)
def test_a_request_is_held_until_it_is_released(
    client: Client, http: Http, aside: ThreadPoolExecutor, fault: str, accepted: int
) -> None:
    http.put("/faults", json={fault: {"next": 1}})
    sent = aside.submit(send, client)

    [port] = http.get("/faults/held", params=HELD_WITHIN).json()["held"]
    assert port > 0
    assert len(client.messages.list()) == accepted
    assert not sent.done()

    http.post("/faults/release")
    assert isinstance(sent.exception(), requests.ConnectionError)
    assert http.get("/faults/held").json() == {"held": []}
    assert len(client.messages.list()) == accepted


def test_reports_can_come_before_the_answer(
    client: Client, http: Http, bot: RecordingBot, aside: ThreadPoolExecutor
) -> None:
    early = {"callback_early": {"next": 1}, "early_ms": 0, "hold_after_accept": {"next": 1}}
    http.put("/faults", json=early)
    sent = aside.submit(send, client, status_callback=f"{bot.url}/status")

    heard = bot.wait_for(3)
    assert of(heard[0].form["MessageSid"], heard) == ["queued", "sent", "delivered"]
    assert not sent.done()

    http.post("/faults/release")


@pytest.mark.parametrize("code", [21211, 21408, 21610, 21612, 21614, 21635])
def test_a_number_can_be_refused_for_good(client: Client, http: Http, code: int) -> None:
    http.put("/faults", json={"refused": {HANAKO: code}})
    for _ in range(2):
        with pytest.raises(TwilioRestException) as failed:
            send(client)
        assert (failed.value.status, failed.value.code) == (400, code)


def test_the_list_can_lag_behind(client: Client, http: Http) -> None:
    sid = send(client)
    http.put("/faults", json={"list_lag_ms": 600_000})
    assert client.messages.list() == []
    with pytest.raises(TwilioRestException) as failed:
        client.messages(sid).fetch()
    assert failed.value.status == 404
    http.put("/faults", json={"list_lag_ms": 0})
    assert [message.sid for message in client.messages.list()] == [sid]

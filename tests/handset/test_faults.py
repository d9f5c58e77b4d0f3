"""Every fault that can be switched on strikes as it says, and only as often as it says."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from handset.faults import Fault, FaultError, Faults
from tests.handset.conftest import Http
from tests.handset.recording_bot import Heard, RecordingBot

HANAKO, US = "+819000000001", "+815000000000"

WRONG = {
    "an unknown name": {"earthquake": {"next": 1}},
    "a number for a chance": {"throttle": 1},
    "a chance with another word": {"throttle": {"soon": 1}},
    "a rate above one": {"throttle": {"rate": 1.5}},
    "a rate that is true": {"throttle": {"rate": True}},
    "a negative count": {"throttle": {"next": -1}},
    "a count in words": {"throttle": {"next": "one"}},
    "a latency in words": {"latency_ms": "long"},
    "a latency of a day": {"latency_ms": 86_400_000},
    "blocked numbers as text": {"blocked": HANAKO},
    "a blocked name": {"blocked": ["Hanako"]},
    "a refused name": {"refused": {"Hanako": 21211}},
    "a refusal that no network knows": {"refused": {HANAKO: 21999}},
    "refused numbers without a code": {"refused": [HANAKO]},
    "one right and one wrong": {"latency_ms": 5, "throttle": {"rate": 2}},
}
# Whether a create that fails so was accepted.
FAILURES = {
    Fault.UNAUTHORIZED: (401, 20003, 0),
    Fault.THROTTLE: (429, 20429, 0),
    Fault.BUSY: (503, 20503, 0),
    Fault.ERROR_BEFORE_ACCEPT: (500, 20500, 0),
    Fault.ERROR_AFTER_ACCEPT: (500, 20500, 1),
}


def send(client: Client, **options: str) -> str:
    return client.messages.create(to=HANAKO, from_=US, body="Hello", **options).sid or ""


def of(sid: str, heard: list[Heard]) -> list[str]:
    return [each.form["MessageStatus"] for each in heard if each.form["MessageSid"] == sid]


@pytest.mark.parametrize("wishes", WRONG.values(), ids=WRONG)
def test_a_wish_that_makes_no_sense_changes_nothing(http: Http, wishes: object) -> None:
    before = http.get("/faults").json()
    answer = http.put("/faults", json=wishes)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert http.get("/faults").json() == before


@given(
    st.dictionaries(
        st.sampled_from([*Fault, "latency_ms", "blocked", "x"]),
        st.one_of(
            st.none(),
            st.integers(),
            st.text(),
            st.lists(st.text()),
            st.dictionaries(
                st.sampled_from(["next", "rate", "x"]), st.one_of(st.integers(), st.floats())
            ),
        ),
    )
)
def test_no_wish_is_half_granted(wishes: dict[str, object]) -> None:
    faults = Faults()
    try:
        faults.change(wishes)
    except FaultError:
        assert faults.plan == Faults().plan


def test_a_change_leaves_the_other_faults_alone(http: Http) -> None:
    http.put("/faults", json={"latency_ms": 1, "throttle": {"next": 2}})
    faults = http.put("/faults", json={"blocked": ["090-0000-0009"]}).json()
    assert (faults["latency_ms"], faults["blocked"]) == (1, ["+819000000009"])
    assert faults["throttle"] == {"next": 2, "rate": 0.0}


def test_a_reset_switches_everything_off(http: Http) -> None:
    calm = http.get("/faults").json()
    http.put("/faults", json={"latency_ms": 1, "throttle": {"rate": 1}, "blocked": [HANAKO]})
    assert http.delete("/faults").json() == calm


@pytest.mark.parametrize(("fault", "expected"), FAILURES.items(), ids=FAILURES)
def test_the_next_create_fails_and_the_one_after_it_does_not(
    client: Client, http: Http, fault: Fault, expected: tuple[int, int, int]
) -> None:
    status, code, accepted = expected
    http.put("/faults", json={fault: {"next": 1}})
    with pytest.raises(TwilioRestException) as failed:
        send(client)
    assert (failed.value.status, failed.value.code) == (status, code)
    assert len(client.messages.list()) == accepted
    send(client)


def test_a_429_says_when_to_come_back(http: Http, client: Client) -> None:
    http.put("/faults", json={"throttle": {"rate": 1}, "retry_after": 7})
    answer = http.post(f"/2010-04-01/Accounts/{client.account_sid}/Messages.json", auth=client.auth)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


@pytest.mark.parametrize(
    ("fault", "accepted"),
    [
        ("reset_before_accept", 0),
        ("reset_after_accept", 1),
        ("hang_before_accept", 0),
        ("hang_after_accept", 1),
    ],
)
def test_a_reset_connection_has_no_answer(
    client: Client, http: Http, fault: str, accepted: int
) -> None:
    http.put("/faults", json={fault: {"next": 1}, "hang_ms": 50})
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        send(client)
    assert len(client.messages.list()) == accepted


def test_a_list_can_fail(client: Client, http: Http) -> None:
    sid = send(client)
    http.put("/faults", json={"list_error": {"next": 1}})
    with pytest.raises(TwilioRestException) as failed:
        client.messages(sid).fetch()
    assert failed.value.status == 500
    assert client.messages(sid).fetch().sid == sid


def test_latency_slows_every_request_but_not_one_behind_the_other(
    client: Client, http: Http
) -> None:
    http.put("/faults", json={"latency_ms": 400})
    began = time.monotonic()
    with ThreadPoolExecutor(64) as pool:
        sids = list(pool.map(lambda _: send(client), range(64)))
    took = time.monotonic() - began
    assert len(set(sids)) == 64
    assert 0.4 <= took < 64 * 0.4 / 4


def test_an_undelivered_message_says_why(client: Client, http: Http, bot: RecordingBot) -> None:
    http.put("/faults", json={"undelivered": {"next": 1}})
    sid = send(client, status_callback=f"{bot.url}/status")
    last = bot.wait_for(3)[-1]
    assert (last.form["MessageStatus"], last.form["ErrorCode"]) == ("undelivered", "30003")
    message = client.messages(sid).fetch()
    assert (message.status, message.error_code) == ("undelivered", 30003)


def test_reports_can_come_twice(client: Client, http: Http, bot: RecordingBot) -> None:
    http.put("/faults", json={"callback_twice": {"next": 1}})
    sid = send(client, status_callback=f"{bot.url}/status")
    twice = ["queued", "queued", "sent", "sent", "delivered", "delivered"]
    assert of(sid, bot.wait_for(6)) == twice


def test_reports_can_come_in_the_wrong_order(client: Client, http: Http, bot: RecordingBot) -> None:
    http.put("/faults", json={"callback_out_of_order": {"next": 1}})
    sid = send(client, status_callback=f"{bot.url}/status")
    assert of(sid, bot.wait_for(3)) == ["delivered", "sent", "queued"]


def test_reports_can_come_late(client: Client, http: Http, bot: RecordingBot) -> None:
    http.put("/faults", json={"callback_late": {"next": 1}, "late_ms": 500})
    sid = send(client, status_callback=f"{bot.url}/status")
    assert of(sid, bot.wait_for(1)) == ["queued"]
    assert client.messages(sid).fetch().status == "delivered"


def test_reports_can_stay_away(client: Client, http: Http, bot: RecordingBot) -> None:
    http.put("/faults", json={"callback_never": {"next": 1}})
    silent = send(client, status_callback=f"{bot.url}/status")
    spoken = send(client, status_callback=f"{bot.url}/status")
    heard = bot.wait_for(3)
    assert (of(silent, heard), len(of(spoken, heard))) == ([], 3)

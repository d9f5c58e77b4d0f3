"""Creating and fetching a message, as Twilio's own client sees it."""

import re

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from handset.settings import Settings
from tests.handset.conftest import ACCOUNT_SID, Http
from tests.handset.twilio_client import client_of

HANAKO = "+819000000001"
BLOCKED = "+819000000009"

# What is wished instead of a good message, and the code it is refused with.
REFUSALS = {
    "no recipient": ({"to": ""}, 21604),
    "no sender": ({"from_": ""}, 21603),
    "no text": ({"body": ""}, 21602),
    "a text too long": ({"body": "あ" * 1601}, 21617),
    "a recipient that is none": ({"to": "+8190"}, 21211),
    "a recipient without a country": ({"to": "090-0000-0001"}, 21211),
    "a sender that is none": ({"from_": "HENJI"}, 21212),
    "a sender of someone else": ({"from_": "+12025550100"}, 21606),
    "a callback that is no address": ({"status_callback": "ftp://bot.example/"}, 21609),
    "a callback with an underscore": ({"status_callback": "http://a_b.example/"}, 21609),
    "a callback in broken brackets": ({"status_callback": "http://[::1/"}, 21609),
    "a recipient who unsubscribed": ({"to": BLOCKED}, 21610),
}


@pytest.mark.parametrize(("change", "code"), REFUSALS.values(), ids=REFUSALS)
def test_a_refused_message_has_twilios_code_and_is_not_kept(
    client: Client, http: Http, change: dict[str, str], code: int
) -> None:
    http.put("/faults", json={"blocked": [BLOCKED]})
    wish = {"to": HANAKO, "from_": "+815000000000", "body": "こんにちは"} | change
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(**wish)
    assert (refused.value.code, refused.value.status) == (code, 400)
    assert client.messages.list() == []


@pytest.mark.parametrize(
    ("account_sid", "token"),
    [(ACCOUNT_SID, "wrong"), ("AC" + "0" * 32, "token of the tests")],
)
def test_a_stranger_is_refused(url: str, account_sid: str, token: str) -> None:
    stranger = client_of(url, account_sid, token)
    with pytest.raises(TwilioRestException) as refused:
        stranger.messages("SM" + "0" * 32).fetch()
    assert (refused.value.code, refused.value.status) == (20003, 401)


def test_the_right_token_opens_no_other_account(client: Client) -> None:
    other = client.api.v2010.accounts("AC" + "0" * 32)
    with pytest.raises(TwilioRestException) as refused:
        other.messages("SM" + "0" * 32).fetch()
    assert refused.value.code == 20003


def test_an_error_body_says_where_to_read_more(http: Http) -> None:
    answer = http.get(f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json")
    assert answer.json() == {
        "code": 20003,
        "message": "Authenticate",
        "more_info": "https://www.twilio.com/docs/errors/20003",
        "status": 401,
    }
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Twilio API"'


@pytest.mark.parametrize("path", ["Messages/SM0.json", "Calls.json", "Messages/x/Media.json"])
def test_what_does_not_exist_is_not_found(http: Http, settings: Settings, path: str) -> None:
    answer = http.get(
        f"/2010-04-01/Accounts/{ACCOUNT_SID}/{path}", auth=(ACCOUNT_SID, settings.auth_token)
    )
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)


def test_an_accepted_message_comes_back_as_twilios_resource(client: Client) -> None:
    message = client.messages.create(to=HANAKO, from_="+815000000000", body="残高は12,800円です")
    assert re.fullmatch("SM[0-9a-f]{32}", message.sid or "")
    assert (message.status, message.direction) == ("queued", "outbound-api")
    assert (message.to, message.from_) == (HANAKO, "+815000000000")
    assert (message.body, message.num_segments) == ("残高は12,800円です", "1")
    assert message.date_created is not None
    assert (message.date_sent, message.error_code, message.price) == (None, None, None)


def test_a_message_through_a_service_has_no_sender_until_it_is_sent(client: Client) -> None:
    service = "MG" + "0" * 32
    message = client.messages.create(
        to=HANAKO, messaging_service_sid=service, body="Hello", validity_period=600
    )
    assert (message.status, message.from_, message.num_segments) == ("accepted", None, "0")
    assert message.messaging_service_sid == service


def test_a_recipient_is_taken_in_any_international_notation(client: Client) -> None:
    message = client.messages.create(to="+81 90-0000-0001", from_="+815000000000", body="Hello")
    assert message.to == HANAKO


def test_a_message_can_be_fetched_again(client: Client) -> None:
    sid = client.messages.create(to=HANAKO, from_="+815000000000", body="Hello").sid or ""
    assert client.messages(sid).fetch().body == "Hello"

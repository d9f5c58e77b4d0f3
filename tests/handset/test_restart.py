"""What the handset promised before it stopped, it does after it started again."""

from dataclasses import replace

import pytest

from handset.server import running
from handset.settings import Settings
from tests.handset.conftest import Http
from tests.handset.recording_bot import RecordingBot
from tests.handset.twilio_client import client_of

HANAKO = "+819000000001"
TOKEN_HEADER = "I-Twilio-Idempotency-Token"


def test_a_text_the_bot_did_not_take_is_brought_after_a_restart(
    settings: Settings, bot: RecordingBot
) -> None:
    bot.answers.append(500)
    with running(settings) as url, Http(url) as http:
        http.post("/phone/texts", json={"from": HANAKO, "body": "残高"})
        bot.wait_for(1)
    with running(settings):
        first, second = bot.wait_for(2)
    assert first.form == second.form
    assert first.headers[TOKEN_HEADER] == second.headers[TOKEN_HEADER]


def test_messages_and_the_reports_still_to_make_survive(
    settings: Settings, bot: RecordingBot
) -> None:
    with running(replace(settings, callback_delay_ms=700)) as url:
        client = client_of(url, settings.account_sid, settings.auth_token)
        sid = client.messages.create(
            to=HANAKO, from_=settings.number, body="残高", status_callback=f"{bot.url}/status"
        ).sid
        bot.wait_for(1)
    with running(settings) as url:
        reports = [each.form["MessageStatus"] for each in bot.wait_for(3)]
        client = client_of(url, settings.account_sid, settings.auth_token)
        assert client.messages(sid or "").fetch().status == "delivered"
    assert reports == ["queued", "sent", "delivered"]


def test_a_payment_can_be_made_after_a_restart(settings: Settings, bot: RecordingBot) -> None:
    order = {
        "amount": 100,
        "currency": "JPY",
        "reference": "HJ-1",
        "description": "電気料金",
        "language": "ja",
        "return_url": bot.url,
        "cancel_url": bot.url,
        "webhook_url": f"{bot.url}/webhooks/local",
    }
    secret = {"Authorization": f"Bearer {settings.gateway_secret}"}
    with running(settings) as url, Http(url) as http:
        session = http.post("/gateway/v1/sessions", json=order, headers=secret).json()
    with running(settings) as url, Http(url) as http:
        page = f"/gateway/pay/{session['id']}"
        http.post(page, data={"choice": "card"}, allow_redirects=False)
        bot.wait_for(1)
        about = http.get(f"/gateway/v1/sessions/{session['id']}", headers=secret).json()
    assert about["status"] == "paid"


@pytest.mark.parametrize("requests_before", [0, 1])
def test_an_open_event_stream_does_not_hold_up_the_end(
    settings: Settings, requests_before: int
) -> None:
    with running(settings) as url, Http(url) as http:
        for _ in range(requests_before):
            http.post("/phone/texts", json={"from": HANAKO, "body": "残高"})
        stream = http.get("/events", stream=True)
    stream.close()

"""A person's text reaches the bot as Twilio would bring it: signed, and again until it is taken."""

import pytest
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from handset.settings import Settings
from handset.webhooks import signature
from tests.handset.conftest import Http
from tests.handset.recording_bot import Heard, RecordingBot

HANAKO = "+819000000001"
TOKEN_HEADER = "I-Twilio-Idempotency-Token"


def wait_for_tick(http: Http, tick: str) -> dict[str, object]:
    """The only text of Hanako's phone, once it shows this tick; the event stream says when."""
    with http.get("/events?since=0", stream=True) as stream:
        for line in stream.iter_lines(chunk_size=1):
            if line.startswith(b"data:") and f'"tick": "{tick}"'.encode() in line:
                break
    [message] = http.get("/phone/messages", params={"number": HANAKO}).json()["messages"]
    return message


def test_the_published_signature_comes_out() -> None:
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert signature("12345", url, form) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.mark.parametrize(
    "body", ["残高", "a\x00b", "「ＳＴＯＰ」", "a&b=c+d é\n😊", "<script>alert(1)</script>"]
)
def test_a_text_arrives_whole_and_signed(
    http: Http, bot: RecordingBot, settings: Settings, body: str
) -> None:
    sent = http.post("/phone/texts", json={"from": "090-0000-0001", "body": body}).json()
    [heard] = bot.wait_for(1)
    validator = RequestValidator(settings.auth_token)
    assert validator.validate(heard.url, heard.form, heard.headers["X-Twilio-Signature"])
    assert heard.form["MessageSid"] == heard.form["SmsSid"] == sent["sid"]
    assert (heard.form["From"], heard.form["To"]) == (HANAKO, settings.number)
    assert (heard.form["Body"], heard.form["SmsStatus"]) == (body, "received")
    assert (heard.form["FromCountry"], heard.form["NumMedia"]) == ("JP", "0")


def test_a_text_to_another_number_goes_out_as_such(http: Http, bot: RecordingBot) -> None:
    http.post("/phone/texts", json={"from": HANAKO, "to": "+12025550199", "body": "残高"})
    [heard] = bot.wait_for(1)
    assert (heard.form["To"], heard.form["ToCountry"]) == ("+12025550199", "US")


def test_a_taken_text_shows_two_ticks_and_is_listed_as_received(http: Http, client: Client) -> None:
    http.post("/phone/texts", json={"from": HANAKO, "body": "残高"})
    assert wait_for_tick(http, "delivered")["status"] == "received"
    [listed] = client.messages.list()
    assert (listed.direction, listed.status, listed.body) == ("inbound", "received", "残高")


def test_a_text_is_brought_again_until_the_bot_takes_it(http: Http, bot: RecordingBot) -> None:
    bot.answers.extend([500, 503, 429])
    http.post("/phone/texts", json={"from": HANAKO, "body": "残高"})
    heard = bot.wait_for(4)
    assert len({each.form["MessageSid"] for each in heard}) == 1
    assert len({each.headers[TOKEN_HEADER] for each in heard}) == 1
    assert wait_for_tick(http, "delivered")["error_code"] is None


def test_a_refused_text_is_not_brought_again(http: Http, bot: RecordingBot) -> None:
    bot.answers.append(403)
    http.post("/phone/texts", json={"from": HANAKO, "body": "残高"})
    assert wait_for_tick(http, "failed")["error_code"] == 11200
    assert len(bot.heard) == 1


def test_the_same_sid_again_makes_the_webhook_again(http: Http, bot: RecordingBot) -> None:
    text = {"from": HANAKO, "body": "残高", "sid": "SM" + "ab" * 16}
    bot.answers.append(403)
    first = http.post("/phone/texts", json=text).json()
    wait_for_tick(http, "failed")
    assert http.post("/phone/texts", json=text).json()["id"] == first["id"]
    heard = bot.wait_for(2)
    assert heard[0].form == heard[1].form
    assert heard[0].headers[TOKEN_HEADER] != heard[1].headers[TOKEN_HEADER]
    assert wait_for_tick(http, "delivered")["error_code"] is None


def statuses(heard: list[Heard]) -> list[str]:
    return [each.form["MessageStatus"] for each in heard]


def test_every_status_is_reported_in_order_and_signed(
    client: Client, bot: RecordingBot, settings: Settings
) -> None:
    callback = f"{bot.url}/status?message=17"
    sid = client.messages.create(
        to=HANAKO, from_=settings.number, body="残高", status_callback=callback
    ).sid
    heard = bot.wait_for(3)
    assert statuses(heard) == ["queued", "sent", "delivered"]
    validator = RequestValidator(settings.auth_token)
    for each in heard:
        assert each.form["MessageSid"] == sid
        assert validator.validate(callback, each.form, each.headers["X-Twilio-Signature"])
    assert client.messages(sid or "").fetch().date_sent is not None


def test_a_report_is_made_again_after_a_failure(client: Client, bot: RecordingBot) -> None:
    bot.answers.append(500)
    client.messages.create(
        to=HANAKO, from_="+815000000000", body="Hello", status_callback=f"{bot.url}/status"
    )
    assert sorted(statuses(bot.wait_for(4))) == ["delivered", "queued", "queued", "sent"]


def test_a_message_without_callback_is_delivered_all_the_same(
    client: Client, http: Http, bot: RecordingBot
) -> None:
    client.messages.create(to=HANAKO, from_="+815000000000", body="Hello")
    assert wait_for_tick(http, "delivered")["status"] == "delivered"
    assert bot.heard == []

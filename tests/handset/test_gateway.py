"""The payment gateway: a session is paid once, and the shop is told by a signed event."""

import hashlib
import hmac
import json
import re

import pytest
from requests import Response

from handset.settings import Settings
from tests.handset.conftest import Http
from tests.handset.recording_bot import Heard, RecordingBot

PATH = "/gateway/v1/sessions"
SECRET = {"Authorization": "Bearer secret of the tests"}
WRONG = {
    "no amount": {"amount": None},
    "an amount of nothing": {"amount": 0},
    "an amount with a fraction": {"amount": 45.5},
    "an amount that is true": {"amount": True},
    "an amount too large": {"amount": 100_000_000},
    "a currency in small letters": {"currency": "jpy"},
    "no reference": {"reference": ""},
    "a reference with half a character": {"reference": "\ud83d"},
    "no description": {"description": None},
    "a language we do not speak": {"language": "fr"},
    "a way back that is a script": {"return_url": "javascript:alert(1)"},
    "a way back in broken brackets": {"cancel_url": "http://[::1/"},
    "a webhook that is a path": {"webhook_url": "/webhooks"},
    "a time that is over": {"expires_in": 0},
    "a time of a year": {"expires_in": 31_536_000},
}


@pytest.fixture
def order(bot: RecordingBot) -> dict[str, object]:
    return {
        "amount": 12800,
        "currency": "JPY",
        "reference": "HJ-17",
        "description": "電気料金 12月分",
        "language": "ja",
        "return_url": f"{bot.url}/back",
        "cancel_url": f"{bot.url}/cancel",
        "webhook_url": f"{bot.url}/webhooks/local",
        "expires_in": 3600,
    }


def opened(http: Http, order: dict[str, object], key: str | None = None) -> Response:
    headers = SECRET | ({"Idempotency-Key": key} if key else {})
    return http.post(PATH, json=order, headers=headers)


def tap(http: Http, session: dict[str, str], choice: str) -> Response:
    return http.post(
        f"/gateway/pay/{session['id']}", data={"choice": choice}, allow_redirects=False
    )


def event(heard: Heard) -> dict[str, object]:
    return json.loads(heard.body)


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_an_order_that_makes_no_sense_is_refused(
    http: Http, order: dict[str, object], change: dict[str, object]
) -> None:
    answer = opened(http, order | change)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_what_is_no_json_is_refused(http: Http) -> None:
    assert http.post(PATH, data=b"amount=1", headers=SECRET).status_code == 400


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
def test_a_stranger_opens_nothing(
    http: Http, order: dict[str, object], headers: dict[str, str]
) -> None:
    assert http.post(PATH, json=order, headers=headers).status_code == 401


def test_an_order_opens_a_session(http: Http, url: str, order: dict[str, object]) -> None:
    answer = opened(http, order)
    session = answer.json()
    assert (answer.status_code, session["status"]) == (201, "open")
    assert re.fullmatch("cs_[0-9a-f]{32}", session["id"])
    assert session["url"] == f"{url}/gateway/pay/{session['id']}"
    assert session["expires"] - session["created"] == 3600
    assert http.get(f"{PATH}/{session['id']}", headers=SECRET).json() == session


def test_the_same_key_gives_the_same_session(http: Http, order: dict[str, object]) -> None:
    first, second = opened(http, order, "order-1"), opened(http, order, "order-1")
    assert first.json() == second.json()
    assert opened(http, order, "order-2").json()["id"] != first.json()["id"]


def test_the_same_key_for_another_order_is_a_conflict(http: Http, order: dict[str, object]) -> None:
    opened(http, order, "order-1")
    answer = opened(http, order | {"amount": 1}, "order-1")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "idempotency_key_reused")


def test_sessions_are_found_by_the_shops_reference(http: Http, order: dict[str, object]) -> None:
    ids = [opened(http, order | {"reference": name}).json()["id"] for name in ("A", "B", "A")]
    found = http.get(PATH, params={"reference": "A"}, headers=SECRET).json()["sessions"]
    assert [session["id"] for session in found] == [ids[2], ids[0]]


@pytest.mark.parametrize("path", [f"{PATH}/cs_0", "/gateway/pay/cs_0"])
def test_an_unknown_session_is_not_found(http: Http, path: str) -> None:
    assert http.get(path, headers=SECRET).status_code == 404


def test_a_payment_is_reported_signed_and_leads_back_to_the_shop(
    http: Http, bot: RecordingBot, order: dict[str, object], settings: Settings
) -> None:
    session = opened(http, order).json()
    answer = tap(http, session, "card")
    assert (answer.status_code, answer.headers["Location"]) == (303, order["return_url"])
    [heard] = bot.wait_for(1)
    signature = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", heard.headers["Henji-Gateway-Signature"])
    assert signature
    signed = signature[1].encode() + b"." + heard.body
    wanted = hmac.new(settings.gateway_secret.encode(), signed, hashlib.sha256).hexdigest()
    assert signature[2] == wanted
    told = event(heard)
    assert told["type"] == "payment.paid"
    about = http.get(f"{PATH}/{session['id']}", headers=SECRET).json()
    names = ("id", "reference", "amount", "currency", "status", "payment_id")
    assert told["session"] == {name: about[name] for name in names}
    assert (about["status"], about["payment_id"][:4]) == ("paid", "pay_")


def test_a_double_tap_pays_once(http: Http, bot: RecordingBot, order: dict[str, object]) -> None:
    first, second = opened(http, order).json(), opened(http, order).json()
    assert [tap(http, first, "card").status_code for _ in range(2)] == [303, 303]
    tap(http, second, "card")
    told = [event(heard)["session"]["id"] for heard in bot.wait_for(2)]
    assert sorted(told) == sorted([first["id"], second["id"]])


def test_a_convenience_store_pays_later(
    http: Http, bot: RecordingBot, order: dict[str, object]
) -> None:
    session = opened(http, order).json()
    assert tap(http, session, "konbini").headers["Location"] == f"/gateway/pay/{session['id']}"
    assert 'value="store"' in http.get(f"/gateway/pay/{session['id']}").text
    tap(http, session, "store")
    told = [event(heard) for heard in bot.wait_for(2)]
    assert [each["type"] for each in told] == ["payment.pending", "payment.paid"]
    assert len({each["session"]["payment_id"] for each in told}) == 1


def test_a_failed_payment_stays_failed(
    http: Http, bot: RecordingBot, order: dict[str, object]
) -> None:
    session = opened(http, order).json()
    assert tap(http, session, "fail").headers["Location"] == order["return_url"]
    tap(http, session, "card")
    assert event(bot.wait_for(1)[0])["type"] == "payment.failed"
    about = http.get(f"{PATH}/{session['id']}", headers=SECRET).json()
    assert about["status"] == "failed"


def test_going_back_leaves_the_session_open(http: Http, order: dict[str, object]) -> None:
    session = opened(http, order).json()
    assert tap(http, session, "cancel").headers["Location"] == order["cancel_url"]
    about = http.get(f"{PATH}/{session['id']}", headers=SECRET).json()
    assert (about["status"], about["payment_id"]) == ("open", None)


def test_a_choice_there_is_not_is_refused(http: Http, order: dict[str, object]) -> None:
    assert tap(http, opened(http, order).json(), "gold").status_code == 400


def test_a_session_expires(http: Http, bot: RecordingBot, order: dict[str, object]) -> None:
    session = opened(http, order | {"expires_in": 1}).json()
    assert event(bot.wait_for(1)[0])["type"] == "payment.expired"
    tap(http, session, "card")
    assert "value=" not in http.get(f"/gateway/pay/{session['id']}").text


def test_an_event_is_posted_again_until_the_shop_takes_it(
    http: Http, bot: RecordingBot, order: dict[str, object]
) -> None:
    bot.answers.append(503)
    tap(http, opened(http, order).json(), "card")
    first, second = bot.wait_for(2)
    assert first.body == second.body


@pytest.mark.parametrize(
    ("language", "currency", "amount"), [("ja", "JPY", "12,800円"), ("en", "USD", "$128.00")]
)
def test_the_page_shows_the_amount_as_people_write_it(
    http: Http, order: dict[str, object], language: str, currency: str, amount: str
) -> None:
    session = opened(http, order | {"language": language, "currency": currency}).json()
    page = http.get(f"/gateway/pay/{session['id']}").text
    assert amount in page
    assert f'<html lang="{language}">' in page
    assert ('value="konbini"' in page) is (currency == "JPY")


def test_what_the_shop_writes_is_only_ever_text(http: Http, order: dict[str, object]) -> None:
    order |= {"description": "<script>alert(1)</script>", "reference": '"><img src=x>'}
    page = http.get(f"/gateway/pay/{opened(http, order).json()['id']}").text
    assert "<script" not in page
    assert "<img" not in page


def test_cash_may_come_after_the_time_for_it_is_over(
    http: Http, bot: RecordingBot, order: dict[str, object]
) -> None:
    session = opened(http, order).json()
    tap(http, session, "konbini")
    tap(http, session, "late")
    told = [event(heard)["type"] for heard in bot.wait_for(3)]
    assert told == ["payment.pending", "payment.expired", "payment.paid"]


def test_what_failed_is_not_paid_late(http: Http, order: dict[str, object]) -> None:
    session = opened(http, order).json()
    tap(http, session, "fail")
    tap(http, session, "late")
    about = http.get(f"{PATH}/{session['id']}", headers=SECRET).json()
    assert (about["status"], about["paid"]) == ("failed", None)


def test_a_payment_goes_back_in_parts_and_never_more_than_it_was(
    http: Http, bot: RecordingBot, order: dict[str, object]
) -> None:
    session = opened(http, order | {"amount": 101}).json()
    tap(http, session, "refund")
    tap(http, session, "card")
    for _ in range(4):
        assert tap(http, session, "refund_half").status_code == 303
    told = [event(heard)["session"].get("amount_refunded") for heard in bot.wait_for(4)]
    assert told == [None, 50, 100, 101]
    assert "101円を返金しました" in http.get(f"/gateway/pay/{session['id']}").text


def test_a_chargeback_can_be_won(http: Http, bot: RecordingBot, order: dict[str, object]) -> None:
    session = opened(http, order).json()
    tap(http, session, "dispute")
    tap(http, session, "card")
    for _ in range(3):
        tap(http, session, "dispute")
    told = [event(heard) for heard in bot.wait_for(3)]
    types = ["payment.paid", "payment.charged_back", "payment.chargeback_won"]
    assert [each["type"] for each in told] == types
    assert told[1]["session"]["dispute_id"] == told[2]["session"]["dispute_id"]


def test_a_shop_ends_a_session_once(http: Http, order: dict[str, object]) -> None:
    session = opened(http, order).json()
    path = f"{PATH}/{session['id']}/expire"
    assert http.post(path).status_code == 401
    assert http.post(path, headers=SECRET).json()["status"] == "expired"
    assert http.post(path, headers=SECRET).status_code == 409
    assert http.post(f"{PATH}/cs_0/expire", headers=SECRET).status_code == 404
    tap(http, session, "card")
    assert http.get(f"{PATH}/{session['id']}", headers=SECRET).json()["status"] == "expired"


def test_sessions_are_listed_page_by_page(http: Http, order: dict[str, object]) -> None:
    ids = [opened(http, order | {"reference": str(n)}).json()["id"] for n in range(102)]
    first = http.get(PATH, params={"created_since": 0}, headers=SECRET).json()["sessions"]
    more = {"created_since": 0, "before": first[-1]["id"]}
    second = http.get(PATH, params=more, headers=SECRET).json()["sessions"]
    assert [one["id"] for one in (*first, *second)] == ids[::-1]
    later = {"created_since": 4_000_000_000}
    assert http.get(PATH, params=later, headers=SECRET).json() == {"sessions": []}

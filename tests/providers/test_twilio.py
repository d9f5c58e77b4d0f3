"""Twilio's client against a table of answers, failures first; nothing is ever retried by itself."""

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import pytest

from bot import errors
from bot.providers import Answer, ConsentOrder, NumberStatus, Outgoing
from bot.providers.twilio import Twilio, sid
from bot.providers.twilio_list import MOST_PAGES
from bot.setting_types import LookUp
from bot.settings import load
from tests.conftest import ENVIRONMENT
from tests.fake_wire import FakeWire, answer, query

Listed = Mapping[str, str | None]
API = "https://api.twilio.com/2010-04-01/Accounts/ACtests/Messages.json"
SETTINGS = load(environment=ENVIRONMENT)
MESSAGE = Outgoing(42, "+815000000001", "+819000000001", "残高のご案内", 3600)


def provider(**settings: str) -> Twilio:
    return Twilio(load(environment={**ENVIRONMENT, **settings}))


def refusal(status: int, code: int, **headers: str) -> Answer:
    body = {"code": code, "message": "no", "more_info": "", "status": status}
    return Answer(status, json.dumps(body).encode(), headers)


FAILURES: list[tuple[str, Answer, type[errors.SendError]]] = [
    ("429", refusal(429, 20429), errors.Throttled),
    ("429 without a body", Answer(429), errors.Throttled),
    ("429 for a loop", refusal(429, 14107), errors.Refused),
    ("429 for a day that is used up", refusal(429, 63038), errors.Misconfigured),
    ("429 with an unknown code", refusal(429, 99999), errors.Throttled),
    ("500", refusal(500, 20500), errors.Uncertain),
    ("502 with a page", Answer(502, b"<html>bad gateway"), errors.Uncertain),
    ("503", refusal(503, 20503), errors.Uncertain),
    ("504 without a body", Answer(504), errors.Uncertain),
    ("408 of a proxy", Answer(408), errors.Uncertain),
    ("half an answer", Answer(201, b'{"sid": "SM'), errors.Uncertain),
    ("201 without an id", Answer(201, b"{}"), errors.Uncertain),
    ("201 with no id", Answer(201, b'{"sid": null}'), errors.Uncertain),
    ("201 with another thing", Answer(201, b'["sid"]'), errors.Uncertain),
    ("201 in another encoding", Answer(201, "{“sid”}".encode("cp932", "ignore")), errors.Uncertain),
    ("200 with a page", Answer(200, b"<html>hello"), errors.Uncertain),
    ("201 with an id too long", Answer(201, b'{"sid": "%s"}' % (b"S" * 129)), errors.Uncertain),
    ("201 with an id of no text", Answer(201, b'{"sid": "SM\\u0000"}'), errors.Uncertain),
    ("204", Answer(204), errors.Uncertain),
    ("redirect", Answer(302, headers={"location": "https://else.example"}), errors.Uncertain),
    ("401", refusal(401, 20003), errors.Misconfigured),
    ("401 of a proxy", Answer(401, b"<html>who are you"), errors.Misconfigured),
    ("403 unknown code", refusal(403, 99999), errors.Unexplained),
    ("403 without a body", Answer(403), errors.Unexplained),
    ("bad number", refusal(400, 21211), errors.BadNumber),
    ("landline", refusal(400, 21614), errors.BadNumber),
    ("unsubscribed", refusal(400, 21610), errors.OptedOut),
    ("region", refusal(400, 21408), errors.Refused),
    ("no such sender", refusal(400, 21606), errors.Misconfigured),
    ("queue full", refusal(400, 21611), errors.Throttled),
    ("unknown code", refusal(400, 99999), errors.Unexplained),
    ("a code that is none", Answer(400, b'{"code": "x"}'), errors.Unexplained),
    ("a code that is too large", refusal(400, 10**12), errors.Unexplained),
    ("a code below zero", refusal(400, -1), errors.Unexplained),
    ("404", refusal(404, 20404), errors.Refused),
]


@pytest.mark.parametrize(("name", "came", "error"), FAILURES, ids=[row[0] for row in FAILURES])
def test_what_goes_wrong_has_one_name(
    name: str, came: Answer, error: type[errors.SendError]
) -> None:
    with pytest.raises(errors.SendError) as raised:
        sid(came)

    assert type(raised.value) is error
    assert 0 < (raised.value.code or 1) < 100_000


WISHES = [
    ("7", 7.0),
    (" 0 ", 0.0),
    ("Sat, 21 Nov 2026 12:00:09 GMT", 9.0),
    ("Sat, 21 Nov 2026 11:59:00 GMT", 0.0),
    ("soon", None),
    ("-3", None),
    ("Sat, 99 Nov 2026 12:00:09 GMT", None),
    ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
    ("", None),
]


@pytest.mark.parametrize(("wish", "seconds"), WISHES)
def test_a_wish_to_wait_is_passed_on_as_seconds_or_as_a_date(
    wish: str, seconds: float | None
) -> None:
    date = "Sat, 21 Nov 2026 12:00:00 GMT"
    with pytest.raises(errors.Throttled) as raised:
        sid(refusal(429, 20429, **{"retry-after": wish, "date": date}))

    assert raised.value.retry_after == seconds


def test_a_date_to_wait_for_is_ours_to_compare_where_the_answer_has_none() -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)

    assert 55 < (refusal(429, 20429, **{"retry-after": at}).retry_after or 0) <= 60


def test_a_message_is_created_with_our_id_in_its_callback() -> None:
    request = provider().request(MESSAGE)

    assert (request.url, sid(Answer(201, b'{"sid": "SM1"}'))) == (API, "SM1")
    assert request.headers["Authorization"] == "Basic " + base64.b64encode(
        b"ACtests:a token of the tests only"
    ).decode("ascii")
    assert dict(parse_qsl(request.body.decode())) == {
        "To": "+819000000001",
        "From": "+815000000001",
        "Body": "残高のご案内",
        "StatusCallback": "https://sms.example.com/webhooks/twilio/status?message=42",
        "ValidityPeriod": "3600",
    }


@pytest.mark.parametrize(("useful", "valid"), [(259_200, "36000"), (36_000, "36000"), (1, "5")])
def test_a_message_is_valid_for_as_long_as_it_is_of_use_and_twilio_takes(
    useful: int, valid: str
) -> None:
    request = provider().request(replace(MESSAGE, valid_for=useful))

    assert dict(parse_qsl(request.body.decode()))["ValidityPeriod"] == valid


def test_a_messaging_service_is_named_where_one_is_set() -> None:
    request = provider(TWILIO_MESSAGING_SERVICE_SID="MG1").request(MESSAGE)

    assert b"MessagingServiceSid=MG1" in request.body


def test_another_address_may_stand_in_for_twilio() -> None:
    request = provider(TWILIO_API_BASE="http://127.0.0.1:9").request(MESSAGE)

    assert request.url == API.replace("https://api.twilio.com", "http://127.0.0.1:9")


def test_neither_a_secret_nor_a_person_shows_in_a_request() -> None:
    shown = repr(provider().request(MESSAGE))

    assert "Authorization" not in shown
    assert "819000000001" not in shown


def listed(sid: str, at: str | None, direction: str = "outbound-api", **more: str) -> Listed:
    words = {"sid": sid, "body": "残高", "date_created": at, "direction": direction}
    return {**words, "from": "+815000000001", **more}


def page(*messages: Listed, following: str | None = None) -> dict[str, Any]:
    return {"messages": list(messages), "next_page_uri": following, "page": 0, "page_size": 1000}


NEW = "Sat, 21 Nov 2026 12:00:00 +0000"
OLD = "Sat, 21 Nov 2026 10:00:00 +0000"
SINCE = datetime(2026, 11, 21, 11, tzinfo=UTC)
FOLLOWING = "/2010-04-01/Accounts/ACtests/Messages.json?Page=1"


def test_the_list_is_read_down_to_a_moment_over_its_pages() -> None:
    inbound = listed("SM2", NEW, "inbound")
    wire = FakeWire(
        answer(page(listed("SM3", NEW), inbound, following=FOLLOWING)),
        answer(page(listed("SM1", OLD), listed("SM0", OLD), following=FOLLOWING)),
    )
    found = Twilio(SETTINGS, wire).sent_to("+819000000001", SINCE)

    assert [(one.sid, one.sender) for one in found] == [("SM3", "+815000000001")]
    assert [query(request) for request in wire.asked] == [
        {"To": "+819000000001", "PageSize": "1000"},
        {"Page": "1"},
    ]
    assert {request.method for request in wire.asked} == {"GET"}
    assert wire.asked[0].headers["Authorization"].startswith("Basic ")


# In the order in which messages were sent; where those stand that wait to be is not told.
BY_SENT = [
    ("one that waited for hours was sent last", [listed("SMold", OLD, date_sent=NEW)]),
    ("one that failed has no such date", [listed("SMold", OLD, status="failed")]),
    ("one without any date", [listed("SMwhen", None)]),
]


@pytest.mark.parametrize(("name", "first"), BY_SENT, ids=[row[0] for row in BY_SENT])
def test_an_older_message_does_not_end_the_list(name: str, first: list[Listed]) -> None:
    older = [listed(f"SM{number}", OLD, date_sent=OLD) for number in range(3)]
    wire = FakeWire(
        answer(page(*first, *older, listed("SMqueued", NEW), following=FOLLOWING)),
        answer(page(*older)),
    )
    found = Twilio(SETTINGS, wire).sent_to("+819000000001", SINCE)

    assert "SMqueued" in [one.sid for one in found]
    assert "SMold" not in [one.sid for one in found]


def test_what_is_listed_is_given_the_newest_first() -> None:
    later = "Sat, 21 Nov 2026 12:00:01 +0000"
    wire = FakeWire(answer(page(listed("SM1", NEW, date_sent=later), listed("SM2", later))))

    found = Twilio(SETTINGS, wire).sent_to("+819000000001", SINCE)
    assert [one.sid for one in found] == ["SM2", "SM1"]


def test_only_what_is_surely_another_message_is_left_out_of_the_list() -> None:
    bare = {"sid": "SMbare", "body": "残高"}
    others = [
        listed("SMinbound", NEW, "inbound"),
        listed("SMelsewhere", NEW, to="+819000000002"),
        listed("SMhere", NEW, to="+819000000001"),
    ]
    wire = FakeWire(answer(page(*others, bare)))

    found = Twilio(SETTINGS, wire).sent_to("+819000000001", SINCE)
    assert {one.sid for one in found} == {"SMhere", "SMbare"}


def test_a_pool_of_numbers_may_send_from_any_of_them() -> None:
    pooled = SETTINGS.model_copy(update={"TWILIO_MESSAGING_SERVICE_SID": "MG" + "0" * 32})
    found = Twilio(pooled, FakeWire(answer(page(listed("SM1", NEW))))).sent_to("+81900", SINCE)

    assert [one.sender for one in found] == [None]


def test_a_list_without_an_end_is_given_up() -> None:
    wire = FakeWire(*[answer(page(listed("SM1", NEW), following=FOLLOWING))] * (MOST_PAGES + 1))

    with pytest.raises(errors.Uncertain, match="does not end"):
        Twilio(SETTINGS, wire).sent_to("+819000000001", SINCE)
    assert len(wire.asked) == MOST_PAGES + 1


LIST_FAILURES: list[tuple[str, Answer | errors.SendError, type[errors.SendError]]] = [
    ("500", Answer(500), errors.Uncertain),
    ("429", refusal(429, 20429), errors.Uncertain),
    ("401", refusal(401, 20003), errors.Uncertain),
    ("half a list", Answer(200, b'{"messages": ['), errors.Uncertain),
    ("bytes that are no text", Answer(200, b"\xff\xfe\x00"), errors.Uncertain),
    ("a list without messages", Answer(200, b"{}"), errors.Uncertain),
    ("not reachable", errors.Unreachable("no route"), errors.Unreachable),
    ("the answer did not come", errors.Uncertain("reset"), errors.Uncertain),
]


@pytest.mark.parametrize(
    ("name", "came", "error"), LIST_FAILURES, ids=[row[0] for row in LIST_FAILURES]
)
def test_a_list_that_fails_raises_and_is_never_taken_for_empty(
    name: str, came: Answer | errors.SendError, error: type[errors.SendError]
) -> None:
    wire = FakeWire(came)

    with pytest.raises(errors.SendError) as raised:
        Twilio(SETTINGS, wire).sent_to("+819000000001", SINCE)
    assert type(raised.value) is error
    assert len(wire.asked) == 1


LISTED_AT = "Sat, 21 Nov 2026 09:30:00 +0000"
STOP_ORDER = ConsentOrder(
    "ab" * 16, "+815000000001", "+819000000001", True, datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
)


def told(code: int, *messages: str) -> Answer:
    """Twilio's answer to one consent."""
    item = {"correlation_id": "ab" * 16, "error_code": code, "error_messages": list(messages)}
    return answer({"items": [item]}, 201)


def test_a_stop_is_told_by_the_bulk_consents_api() -> None:
    wire = FakeWire(told(0))

    assert Twilio(SETTINGS, wire).keep_consents([STOP_ORDER]) == {}
    [request] = wire.asked
    assert (request.method, request.url) == ("POST", "https://accounts.twilio.com/v1/Consents/Bulk")
    assert [json.loads(one) for one in parse_qs(request.body.decode())["Items"]] == [
        {
            "contact_id": "+819000000001",
            "correlation_id": "ab" * 16,
            "sender_id": "+815000000001",
            "status": "opt-out",
            "source": "opt-out-message",
            "date_of_consent": "2026-11-21T09:30:00Z",
        }
    ]


LOOKED_UP = [
    ("mobile", None, "no", NumberStatus("mobile", takes_texts=True, reassigned=False)),
    ("landline", None, "yes", NumberStatus("landline", takes_texts=False, reassigned=True)),
    ("nonFixedVoip", None, "no_data_available", NumberStatus("nonFixedVoip", takes_texts=True)),
    (None, 60601, None, NumberStatus()),
    ("a new kind", None, "perhaps", NumberStatus("a new kind", takes_texts=True)),
]


@pytest.mark.parametrize(("line", "error", "reassigned", "expected"), LOOKED_UP)
def test_a_number_is_looked_up_for_what_was_asked(
    line: str | None, error: int | None, reassigned: str | None, expected: NumberStatus
) -> None:
    known = {
        "line_type_intelligence": {"type": line, "error_code": error},
        "reassigned_number": {"is_number_reassigned": reassigned, "error_code": error},
    }
    wire = FakeWire(answer({"phone_number": "+12025550123", "valid": True, **known}))
    asked = frozenset({LookUp.LINE_TYPE, LookUp.REASSIGNED})

    found = Twilio(SETTINGS, wire).check_number("+12025550123", date(2026, 4, 1), asked)
    assert found == expected
    [request] = wire.asked
    assert request.method == "GET"
    assert request.url.startswith("https://lookups.twilio.com/v2/PhoneNumbers/+12025550123?")
    assert query(request) == {
        "Fields": "line_type_intelligence,reassigned_number",
        "LastVerifiedDate": "20260401",
    }


@pytest.mark.parametrize(
    ("number", "since", "asked"),
    [
        ("+819000000001", date(2026, 4, 1), {LookUp.REASSIGNED}),
        ("+12025550123", None, {LookUp.REASSIGNED}),
        ("+819000000001", None, set()),
    ],
)
def test_what_twilio_cannot_tell_is_not_asked_for(
    number: str, since: date | None, asked: set[LookUp]
) -> None:
    assert Twilio(SETTINGS, FakeWire()).check_number(number, since, frozenset(asked)) == (
        NumberStatus()
    )


def test_what_is_no_answer_to_a_look_up_says_nothing_of_the_number() -> None:
    for came, error in ((refusal(404, 20404), errors.Refused), (Answer(200), errors.Uncertain)):
        with pytest.raises(error):
            Twilio(SETTINGS, FakeWire(came)).check_number(
                "+819000000001", None, frozenset({LookUp.LINE_TYPE})
            )


def test_a_consent_that_twilio_does_not_take_is_named() -> None:
    wire = FakeWire(told(30646, "bad sender"))

    assert "30646" in Twilio(SETTINGS, wire).keep_consents([STOP_ORDER])["ab" * 16]


@pytest.mark.parametrize(
    ("came", "error"),
    [(refusal(401, 20003), errors.Misconfigured), (Answer(500), errors.Uncertain)],
)
def test_consents_that_twilio_refuses_as_a_whole_raise(
    came: Answer, error: type[errors.SendError]
) -> None:
    with pytest.raises(error):
        Twilio(SETTINGS, FakeWire(came)).keep_consents([STOP_ORDER])


def test_a_stand_in_stands_in_for_every_host_of_twilios() -> None:
    settings = load(environment={**ENVIRONMENT, "TWILIO_API_BASE": "http://127.0.0.1:9"})
    wire = FakeWire(told(0), answer(page()))
    stand_in = Twilio(settings, wire)
    stand_in.keep_consents([STOP_ORDER])
    stand_in.sent_to("+819000000001", SINCE)

    hosts = {request.url.partition("/v1")[0].partition("/2010")[0] for request in wire.asked}
    assert hosts == {"http://127.0.0.1:9"}


def test_whom_twilio_refuses_is_listed() -> None:
    refused = {"to": "+819000000001", "error_code": 21610, "date_created": LISTED_AT}
    taken = {"to": "+819000000002", "error_code": None, "date_created": LISTED_AT}
    wire = FakeWire(answer({"messages": [refused, taken], "next_page_uri": None}))

    found = Twilio(SETTINGS, wire).refused_since(datetime(2026, 11, 1, tzinfo=UTC))
    assert [one.number for one in found] == ["+819000000001"]

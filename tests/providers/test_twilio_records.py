"""Twilio's list of messages as it is compared with ours: pages, both directions, failures."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import responses
from responses import matchers
from urllib3.exceptions import MaxRetryError, NewConnectionError

from bot import errors
from bot.providers import Recorded, Way
from bot.providers.twilio import Twilio
from bot.settings import load
from tests.conftest import ENVIRONMENT

API = "https://api.twilio.com/2010-04-01/Accounts/ACtests/Messages.json"
OLD, NEW = "Sat, 21 Nov 2026 10:00:00 +0000", "Sat, 21 Nov 2026 12:00:00 +0000"
HOUR = timedelta(hours=1)
NEVER_CONNECTED = requests.ConnectionError(
    MaxRetryError(None, "/", NewConnectionError(None, "refused"))  # type: ignore[arg-type]
)


def provider(**settings: str) -> Twilio:
    return Twilio(load(environment={**ENVIRONMENT, **settings}))


def refusal(status: int, code: int) -> dict[str, Any]:
    body = {"code": code, "message": "no", "more_info": "", "status": status}
    return {"status": status, "json": body}


OURS, HANAKO = "+815000000001", "+819000000001"


def kept(sid: str, direction: str, **more: object) -> dict[str, object]:
    inbound = direction == "inbound"
    return {
        "sid": sid,
        "direction": direction,
        "from": HANAKO if inbound else OURS,
        "to": OURS if inbound else HANAKO,
        "body": "Stop",
        "status": "received" if inbound else "undelivered",
        "error_code": None if inbound else 30003,
        "date_created": OLD,
        "date_updated": NEW,
        **more,
    }


def records_page(*messages: dict[str, object], following: str | None = None) -> dict[str, Any]:
    return {"messages": list(messages), "next_page_uri": following, "page": 0, "page_size": 1000}


@responses.activate
def test_what_came_in_and_what_went_out_is_listed_page_by_page() -> None:
    following = "/2010-04-01/Accounts/ACtests/Messages.json?Page=1&PageToken=PASM1"
    ours = [matchers.query_param_matcher({"From": OURS, "PageSize": "1000"})]
    second = [matchers.query_param_matcher({"Page": "1", "PageToken": "PASM1"})]
    responses.get(
        API, json=records_page(kept("SM1", "outbound-api"), following=following), match=ours
    )
    responses.get(API, json=records_page(kept("SM0", "outbound-reply")), match=second)

    first = provider().records(OURS, Way.OUT)
    last = provider().records(OURS, Way.OUT, first.following)
    assert (last.records[0].sid, last.following) == ("SM0", None)
    at = datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert first.records == [
        Recorded("SM1", Way.OUT, OURS, HANAKO, "Stop", "undelivered", 30003, at, at + 2 * HOUR)
    ]


@pytest.mark.parametrize(("mode", "answered"), [("app_managed", None), ("twilio_default", "STOP")])
@responses.activate
def test_a_text_that_twilio_answered_by_itself_is_listed_as_such(
    mode: str, answered: str | None
) -> None:
    to_us = [matchers.query_param_matcher({"To": OURS, "PageSize": "1000"})]
    responses.get(API, json=records_page(kept("SM1", "inbound")), match=to_us)

    [found] = provider(HENJI_OPTOUT_MODE=mode).records(OURS, Way.IN).records
    assert (found.way, found.sender, found.answered_as) == (Way.IN, HANAKO, answered)


@responses.activate
def test_a_message_without_words_sender_or_date_is_listed_all_the_same() -> None:
    bare = {"body": None, "from": None, "date_created": None, "date_updated": None}
    responses.get(API, json=records_page(kept("SM1", "outbound-api", **bare)))

    [found] = provider().records(OURS, Way.OUT).records
    assert (found.body, found.sender, found.created_at.tzinfo) == ("", None, UTC)


UNLISTED = [
    ("500", refusal(500, 20500), errors.Uncertain),
    ("429", refusal(429, 20429), errors.Uncertain),
    ("half an answer", {"status": 200, "body": '{"messages": ['}, errors.Uncertain),
    ("no list", {"status": 200, "json": {}}, errors.Uncertain),
    ("not reachable", {"body": NEVER_CONNECTED}, errors.Unreachable),
]


@pytest.mark.parametrize(("name", "answer", "error"), UNLISTED, ids=[row[0] for row in UNLISTED])
@responses.activate
def test_a_page_that_does_not_come_is_never_taken_for_empty(
    name: str, answer: dict[str, Any], error: type[errors.SendError]
) -> None:
    responses.get(re.compile(API), **answer)

    with pytest.raises(error):
        provider().records(OURS, Way.IN)
    assert len(responses.calls) == 1


@pytest.mark.parametrize(("status", "code"), [(400, 20001), (404, 20404)])
@responses.activate
def test_a_page_that_is_gone_is_told_apart(status: int, code: int) -> None:
    responses.get(re.compile(API), **refusal(status, code))

    with pytest.raises(errors.Refused):
        provider().records(OURS, Way.OUT, f"{API}?PageToken=PASMgone")

"""Twilio's list of messages as it is compared with ours: pages, both directions, failures."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot import errors
from bot.messaging.reconciling.pages import pages
from bot.providers import Answer, Recorded, Way
from bot.providers.twilio import Twilio
from bot.settings import load
from tests.conftest import ENVIRONMENT
from tests.fake_wire import FakeWire, answer, query

API = "https://api.twilio.com/2010-04-01/Accounts/ACtests/Messages.json"
OLD, NEW = "Sat, 21 Nov 2026 10:00:00 +0000", "Sat, 21 Nov 2026 12:00:00 +0000"
HOUR = timedelta(hours=1)


def provider(wire: FakeWire, **settings: str) -> Twilio:
    return Twilio(load(environment={**ENVIRONMENT, **settings}), wire)


def refusal(status: int, code: int) -> Answer:
    body = {"code": code, "message": "no", "more_info": "", "status": status}
    return answer(body, status)


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


def test_what_came_in_and_what_went_out_is_listed_page_by_page() -> None:
    following = "/2010-04-01/Accounts/ACtests/Messages.json?Page=1&PageToken=PASM1"
    wire = FakeWire(
        answer(records_page(kept("SM1", "outbound-api"), following=following)),
        answer(records_page(kept("SM0", "outbound-reply"))),
    )

    first = provider(wire).records(OURS, Way.OUT)
    last = provider(wire).records(OURS, Way.OUT, first.following)
    assert (last.records[0].sid, last.following) == ("SM0", None)
    at = datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert first.records == [
        Recorded("SM1", Way.OUT, OURS, HANAKO, "Stop", "undelivered", 30003, at, at + 2 * HOUR)
    ]
    assert [query(request) for request in wire.asked] == [
        {"From": OURS, "PageSize": "1000"},
        {"Page": "1", "PageToken": "PASM1"},
    ]


@pytest.mark.parametrize(("mode", "answered"), [("app_managed", None), ("twilio_default", "STOP")])
def test_a_text_that_twilio_answered_by_itself_is_listed_as_such(
    mode: str, answered: str | None
) -> None:
    wire = FakeWire(answer(records_page(kept("SM1", "inbound"))))

    [found] = provider(wire, HENJI_OPTOUT_MODE=mode).records(OURS, Way.IN).records
    assert (found.way, found.sender, found.answered_as) == (Way.IN, HANAKO, answered)
    assert [query(request) for request in wire.asked] == [{"To": OURS, "PageSize": "1000"}]


def test_a_message_without_words_sender_or_date_is_listed_all_the_same() -> None:
    bare = {"body": None, "from": None, "date_created": None, "date_updated": None}
    wire = FakeWire(answer(records_page(kept("SM1", "outbound-api", **bare))))

    [found] = provider(wire).records(OURS, Way.OUT).records
    assert (found.body, found.sender, found.created_at.tzinfo) == ("", None, UTC)


@pytest.mark.parametrize("direction", [None, "", "sideways"])
@pytest.mark.parametrize("way", Way)
def test_a_message_whose_direction_is_not_told_is_of_neither_way(
    direction: str | None, way: Way
) -> None:
    one = {**kept("SM1", "inbound"), "direction": direction, "from": OURS, "to": OURS}
    twilio = provider(FakeWire(answer(records_page(one))))

    [page] = pages(twilio, OURS, way, datetime(2026, 11, 21, tzinfo=UTC))
    assert page.records == []


UNLISTED = [
    ("500", refusal(500, 20500), errors.Uncertain),
    ("429", refusal(429, 20429), errors.Uncertain),
    ("half an answer", Answer(200, b'{"messages": [', {}), errors.Uncertain),
    ("no list", answer({}), errors.Uncertain),
    ("not reachable", errors.Unreachable("refused"), errors.Unreachable),
]


@pytest.mark.parametrize(("name", "came", "error"), UNLISTED, ids=[row[0] for row in UNLISTED])
def test_a_page_that_does_not_come_is_never_taken_for_empty(
    name: str, came: Answer | errors.SendError, error: type[errors.SendError]
) -> None:
    wire = FakeWire(came)
    with pytest.raises(error):
        provider(wire).records(OURS, Way.IN)
    assert len(wire.asked) == 1


@pytest.mark.parametrize(("status", "code"), [(400, 20001), (404, 20404)])
def test_a_page_that_is_gone_is_told_apart(status: int, code: int) -> None:
    wire = FakeWire(refusal(status, code))
    with pytest.raises(errors.Refused):
        provider(wire).records(OURS, Way.OUT, f"{API}?PageToken=PASMgone")

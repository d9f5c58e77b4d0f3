"""Listing messages: newest first, filters, and pages by key."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from twilio.rest import Client

from handset.server import running
from handset.settings import Settings
from tests.handset.conftest import ACCOUNT_SID, Http
from tests.handset.twilio_client import client_of

HANAKO, KENICHI = "+819000000001", "+819000000002"
US = "+815000000000"
PATH = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"


def send(client: Client, count: int, to: str = HANAKO) -> list[str]:
    return [
        client.messages.create(to=to, from_=US, body=f"{number}").sid or ""
        for number in range(count)
    ]


def test_the_newest_comes_first(client: Client) -> None:
    sids = send(client, 3)
    assert [message.sid for message in client.messages.list()] == sids[::-1]


def test_pages_follow_each_other_without_gap_or_repetition(client: Client) -> None:
    sids = send(client, 7)
    assert [message.sid for message in client.messages.stream(page_size=3)] == sids[::-1]


def test_a_page_stays_where_it_is_when_new_messages_arrive(client: Client) -> None:
    sids = send(client, 4)
    first = client.messages.page(page_size=2)
    send(client, 3)
    second = first.next_page()
    assert second is not None
    assert [message.sid for message in second] == [sids[1], sids[0]]


def test_one_can_go_back_a_page(client: Client) -> None:
    sids = send(client, 6)
    second = client.messages.page(page_size=2).next_page()
    third = second.next_page() if second else None
    back = third.previous_page() if third else None
    assert back is not None
    assert [message.sid for message in back] == [sids[3], sids[2]]
    assert back.next_page_url is not None


def test_the_last_page_has_no_next(client: Client) -> None:
    send(client, 2)
    assert client.messages.page(page_size=2).next_page() is None


def test_filters_by_number_combine(client: Client, http: Http) -> None:
    send(client, 1)
    send(client, 1, to=KENICHI)
    http.post("/phone/texts", json={"from": HANAKO, "body": "残高"})
    assert [message.to for message in client.messages.list(to=HANAKO)] == [HANAKO]
    assert [message.body for message in client.messages.list(from_=HANAKO, to=US)] == ["残高"]
    assert client.messages.list(from_=KENICHI) == []


def test_a_day_finds_what_was_sent_on_it(client: Client, http: Http) -> None:
    http.post("/phone/texts", json={"from": HANAKO, "body": "残高"})
    now = datetime.now(UTC)
    for found in (
        {"date_sent": now},
        {"date_sent_after": now},
        {"date_sent_before": now},
        {"date_sent_after": now - timedelta(days=1), "date_sent_before": now + timedelta(days=1)},
    ):
        assert len(client.messages.list(**found)) == 1
    for missed in (
        {"date_sent": now - timedelta(days=2)},
        {"date_sent_after": now + timedelta(days=2)},
        {"date_sent_before": now - timedelta(days=2)},
    ):
        assert client.messages.list(**missed) == []


def test_a_message_not_yet_sent_has_no_day(settings: Settings) -> None:
    with running(replace(settings, callback_delay_ms=600_000)) as url:
        client = client_of(url, settings.account_sid, settings.auth_token)
        send(client, 1)
        assert client.messages.list(date_sent=datetime.now(UTC)) == []
        assert client.messages.list()[0].status == "queued"


@pytest.mark.parametrize(
    "query",
    [
        "PageSize=0",
        "PageSize=x",
        "Page=-1",
        "PageToken=PAnone",
        "DateSent=soon",
        "PageSize=" + "9" * 50,
    ],
)
def test_a_list_that_makes_no_sense_is_refused(http: Http, settings: Settings, query: str) -> None:
    answer = http.get(f"{PATH}?{query}", auth=(ACCOUNT_SID, settings.auth_token))
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)


def test_a_page_holds_a_thousand_at_most(http: Http, settings: Settings) -> None:
    answer = http.get(f"{PATH}?PageSize=5000", auth=(ACCOUNT_SID, settings.auth_token))
    assert answer.json()["page_size"] == 1000

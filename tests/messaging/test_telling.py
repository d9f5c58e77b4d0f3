"""Alerts told to the company's own system: signed, masked, until it takes them, and once."""

import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import responses
from requests import ConnectionError as NoConnection
from sqlalchemy import ColumnElement, select, update

from bot import alerts
from bot.alerts import Kind
from bot.messaging import telling
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now, utc_now
from bot.store.crypto import Vault
from bot.store.session import transact
from bot.store.tables import alerts as alert_rows
from tests.cli.commands import henji
from tests.messaging.test_rates import history, told_of, usual_week
from tests.people import OURS, Texting

URL = "https://ops.example.com/alerts/"


@pytest.fixture
def receiver() -> Iterator[responses.RequestsMock]:
    """The company's own system; without an answer that was prepared nothing reaches it."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as here:
        yield here


@pytest.fixture
def telling_runtime(runtime: Runtime) -> Runtime:
    return replace(runtime, settings=runtime.settings.model_copy(update={"HENJI_ALERT_URL": URL}))


def raise_alert(runtime: Runtime, subject: str = "1/docomo", words: str = "Fewer arrive.") -> None:
    transact(runtime.engine, lambda it: alerts.alert(it, Kind.DELIVERY, subject, words))


def tell(runtime: Runtime) -> None:
    telling.tell_due(runtime, lambda: True)


def change(runtime: Runtime, **values: object) -> None:
    with runtime.engine.begin() as connection:
        connection.execute(update(alert_rows).values(**values))


def pass_the_pause(runtime: Runtime) -> None:
    change(runtime, tell_at=seconds_from_now(-1))


def moment(runtime: Runtime, which: ColumnElement[datetime]) -> datetime:
    with runtime.engine.begin() as connection:
        return connection.execute(select(which)).scalar_one()


def is_told(runtime: Runtime) -> list[bool]:
    with runtime.engine.begin() as connection:
        return [
            at is not None
            for at in connection.scalars(select(alert_rows.c.told_at).order_by(alert_rows.c.id))
        ]


def test_a_carrier_that_filters_is_told_in_one_signed_post(
    texting: Texting,
    telling_runtime: Runtime,
    receiver: responses.RequestsMock,
    environment: dict[str, str],
) -> None:
    receiver.post(URL, status=204)
    usual_week(texting)
    history(texting, 0, arrived=20, lost=20)
    for _ in range(2):
        assert len(told_of(texting)) == 1
        tell(telling_runtime)

    [call] = receiver.calls
    told = json.loads(call.request.body)
    assert told.keys() == {"id", "kind", "subject", "words", "raised_at"}
    assert (told["id"], told["kind"], told["subject"]) == (1, "delivery", "1/docomo")
    assert told["words"].startswith("Fewer messages from +8150****0001 to docomo arrive: 20 of 40")
    assert OURS not in told["words"]
    moment, mark = call.request.headers["Henji-Signature"].split(",")
    key = henji("keys", "alerts", environment=environment).out.strip()
    signed = moment.removeprefix("t=").encode() + b"." + call.request.body
    assert mark == f"v1={hmac.digest(key.encode(), signed, 'sha256').hex()}"


def test_it_is_off_by_default(runtime: Runtime, receiver: responses.RequestsMock) -> None:
    raise_alert(runtime)
    tell(runtime)

    assert len(receiver.calls) == 0
    assert is_told(runtime) == [False]


@pytest.mark.parametrize(
    "trouble",
    [
        {"status": 500},
        {"status": 302, "headers": {"Location": "https://elsewhere.example.com/"}},
        {"body": NoConnection("refused")},
    ],
    ids=["failure", "redirect", "no answer"],
)
def test_what_is_not_taken_is_told_again_after_a_pause(
    telling_runtime: Runtime, receiver: responses.RequestsMock, trouble: dict[str, object]
) -> None:
    receiver.post(URL, **trouble)  # type: ignore[arg-type]
    receiver.post(URL, status=200)
    raise_alert(telling_runtime)
    for _ in range(2):
        tell(telling_runtime)
    assert (len(receiver.calls), is_told(telling_runtime)) == (1, [False])

    for _ in range(2):
        pass_the_pause(telling_runtime)
        tell(telling_runtime)
    assert (len(receiver.calls), is_told(telling_runtime)) == (2, [True])
    assert receiver.calls[0].request.body == receiver.calls[1].request.body


def test_the_pauses_grow_to_an_hour(
    telling_runtime: Runtime, receiver: responses.RequestsMock
) -> None:
    receiver.post(URL, status=500)
    raise_alert(telling_runtime)
    for attempts, pause_s in ((0, 15), (3, 120), (30, 3600)):
        change(telling_runtime, tell_attempts=attempts, tell_at=None)
        pause, before = timedelta(seconds=pause_s), moment(telling_runtime, utc_now())
        tell(telling_runtime)
        tell_at = moment(telling_runtime, select(alert_rows.c.tell_at).scalar_subquery())
        assert before + pause <= tell_at <= moment(telling_runtime, utc_now()) + pause


def test_an_alert_of_yesterday_is_given_up(
    telling_runtime: Runtime, receiver: responses.RequestsMock
) -> None:
    receiver.post(URL, status=200)
    raise_alert(telling_runtime)
    change(telling_runtime, created_at=seconds_from_now(-telling.GIVEN_UP_AFTER_S - 1))
    raise_alert(telling_runtime, "1/SoftBank")
    tell(telling_runtime)

    assert [json.loads(call.request.body)["id"] for call in receiver.calls] == [2]


def test_two_clocks_tell_it_once(
    telling_runtime: Runtime, receiver: responses.RequestsMock
) -> None:
    receiver.post(URL, status=200)
    for number in range(5):
        raise_alert(telling_runtime, f"{number}/docomo")
    clocks = [threading.Thread(target=tell, args=(telling_runtime,)) for _ in range(2)]
    for clock in clocks:
        clock.start()
    for clock in clocks:
        clock.join()
    tell(telling_runtime)

    told = [json.loads(call.request.body)["id"] for call in receiver.calls]
    assert sorted(told) == [1, 2, 3, 4, 5]


def test_a_number_in_a_providers_own_words_is_masked(
    telling_runtime: Runtime, receiver: responses.RequestsMock
) -> None:
    receiver.post(URL, status=200)
    raise_alert(telling_runtime, "sender:+815000000001", "'To' +819000000001 is no mobile, 30006.")
    tell(telling_runtime)

    told = json.loads(receiver.calls[0].request.body)
    assert told["subject"] == "sender:+8150****0001"
    assert told["words"] == "'To' +8190****0001 is no mobile, 30006."


def test_while_the_key_changes_the_receiver_may_hold_either(
    telling_runtime: Runtime, receiver: responses.RequestsMock
) -> None:
    before = Vault("the secret of last year")
    both = Vault(telling_runtime.settings.secret("SECRET_KEY"), "the secret of last year")
    receiver.post(URL, status=200)
    raise_alert(telling_runtime)
    tell(replace(telling_runtime, vault=both))

    request = receiver.calls[0].request
    moment, *marks = request.headers["Henji-Signature"].split(",")
    at = int(moment.removeprefix("t="))
    alone = [telling.signature(one, at, request.body) for one in (telling_runtime.vault, before)]
    assert [f"{moment},{mark}" for mark in marks] == alone

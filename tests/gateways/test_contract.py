"""What every gateway's client must do: the same cases for all three, failures first."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
import responses

from bot.errors import (
    ForgedNotice,
    GatewayAway,
    GatewayBusy,
    GatewayRefused,
    PaymentError,
)
from bot.payments.gateways import GatewayEvent, Outcome
from bot.text.format import Money
from tests.gateways.stand import REFERENCE, Stand, checkout

# What a gateway answers to a request for a page, and the error that it becomes.
ANSWERS = {
    "not authorized": ({"status": 401, "json": {"error": {}}}, GatewayRefused),
    "forbidden": ({"status": 403, "json": {"error": {}}}, GatewayRefused),
    "a bad request": ({"status": 400, "json": {"error": {}}}, GatewayRefused),
    "values that do not fit": ({"status": 422, "json": {"error": {}}}, GatewayRefused),
    "a redirect": ({"status": 302, "headers": {"Location": "https://a.example"}}, PaymentError),
    "too many requests": ({"status": 429, "json": {"error": {}}}, GatewayAway),
    "an error of its own": ({"status": 500, "json": {"error": {}}}, GatewayAway),
    "an error without words": ({"status": 502, "body": "<html>"}, GatewayAway),
    "not now": ({"status": 503}, GatewayAway),
    "no JSON": ({"status": 200, "body": "<html>"}, GatewayAway),
    "nothing": ({"status": 200, "json": {}}, PaymentError),
    "a list": ({"status": 200, "json": []}, GatewayAway),
    "no connection": ({"body": requests.ConnectionError("refused")}, GatewayAway),
    "no answer in time": ({"body": requests.ReadTimeout("slow")}, GatewayAway),
    "half an answer": ({"body": requests.exceptions.ChunkedEncodingError("cut")}, GatewayAway),
}
GARBAGE = (b"", b"[]", b"1", b'{"id": "evt_1"}', b'{"id": 1, "type": 2, "data": 3}')


def happens(stand: Stand, *actions: str, amount: int = 0) -> list[GatewayEvent]:
    """Open a page, let things happen at the gateway, and read what it tells of the last."""
    gateway = stand.gateway()
    if not stand.sessions:
        gateway.open(checkout())
    for action in actions:
        stand.notices()
        stand.act(action, amount=amount)
    return [event for notice in stand.notices() if (event := gateway.read(*notice))]


@pytest.mark.parametrize(("answer", "error"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_that_is_none_is_an_error_of_its_kind(
    stand: Stand, answer: dict[str, object], error: type[PaymentError]
) -> None:
    gateway = stand.gateway()
    url = {
        "local": "https://pay.example.com/gateway/v1/sessions",
        "stripe": "https://api.stripe.com/v1/checkout/sessions",
        "komoju": "https://komoju.com/api/v1/sessions",
    }[stand.name]
    with responses.RequestsMock() as wire:
        wire.post(url, **answer)  # type: ignore[arg-type]
        with pytest.raises(error) as refusal:
            gateway.open(checkout())

        assert len(wire.calls) == 1
    assert "of the tests" not in str(refusal.value)


def test_a_page_is_opened(stand: Stand) -> None:
    opened = stand.gateway().open(checkout())

    assert list(stand.sessions) == [opened.session]
    assert opened.url.startswith(stand.gateway().origins[0])


def test_the_same_reference_gets_the_same_page(stand: Stand) -> None:
    gateway, wish = stand.gateway(), checkout()
    assert gateway.open(wish) == gateway.open(wish)
    assert len(stand.sessions) == 1


def test_another_reference_gets_another_page(stand: Stand) -> None:
    gateway = stand.gateway()
    first, second = gateway.open(checkout()), gateway.open(checkout(reference="7-1-2"))
    assert first.session != second.session


@pytest.mark.parametrize("trouble", ["lost", "broken after"])
def test_after_a_lost_answer_the_same_page_is_found(stand: Stand, trouble: str) -> None:
    gateway, wish = stand.gateway(), checkout()
    stand.trouble = [trouble]
    with pytest.raises(GatewayAway):
        gateway.open(wish)

    found = gateway.find(wish) or gateway.open(wish)

    assert list(stand.sessions) == [found.session]


def test_where_nothing_was_opened_nothing_is_found(stand: Stand) -> None:
    stand.gateway().open(checkout(reference="7-1-2"))
    assert stand.gateway().find(checkout()) is None


def test_a_page_of_another_amount_is_not_handed_out(stand: Stand) -> None:
    gateway, wish = stand.gateway(), checkout()
    stand.trouble = ["lost"]
    with pytest.raises(GatewayAway):
        gateway.open(wish)

    with pytest.raises(PaymentError):
        gateway.open(checkout(amount=Money(1, "JPY"), begun_at=wish.begun_at))


@pytest.mark.parametrize("stand", ["stripe", "komoju"], indirect=True)
def test_a_request_that_is_still_at_work_is_busy(stand: Stand) -> None:
    stand.trouble = ["busy"]
    with pytest.raises(GatewayBusy):
        stand.gateway().open(checkout())


def test_what_is_paid_is_told(stand: Stand) -> None:
    [event] = happens(stand, "pay")

    assert (event.gateway, event.outcome) == (stand.name, Outcome.PAID)
    assert (event.reference, event.amount) == (REFERENCE, Money(12800, "JPY"))
    assert event.session in stand.sessions
    assert event.payment


def test_cash_is_waited_for_and_then_told(stand: Stand) -> None:
    [waiting] = happens(stand, "order")
    [paid] = happens(stand, "take cash")

    assert waiting.outcome is Outcome.PENDING
    assert waiting.pay_by is not None
    assert waiting.pay_by > datetime.now(UTC)
    assert (paid.outcome, paid.payment) == (Outcome.PAID, waiting.payment)


def test_a_failure_is_told(stand: Stand) -> None:
    before = ["order"] if stand.name == "stripe" else []
    [event] = happens(stand, *before, "fail")
    assert event.outcome is (Outcome.FAILED if stand.failure_ends else Outcome.TRIED)


def test_the_end_of_a_page_is_told(stand: Stand) -> None:
    [event] = happens(stand, "expire")
    assert (event.outcome, event.reference) == (Outcome.EXPIRED, REFERENCE)


def test_a_refund_is_told_as_what_went_back_in_all(stand: Stand) -> None:
    half = happens(stand, "pay", "refund", amount=6400)
    rest = happens(stand, "refund", amount=6400)

    assert {event.outcome for event in (*half, *rest)} == {Outcome.REFUNDED}
    assert half[-1].returned == 6400
    assert rest[-1].returned == 12800
    assert rest[-1].amount == Money(12800, "JPY")


def test_a_chargeback_is_told(stand: Stand) -> None:
    event = happens(stand, "pay", "dispute")[-1]

    assert (event.outcome, event.returned) == (Outcome.CHARGED_BACK, 12800)
    assert event.dispute


# KOMOJU tells of it in its dashboard alone.
@pytest.mark.parametrize("stand", ["local", "stripe"], indirect=True)
def test_a_chargeback_that_was_won_is_told(stand: Stand) -> None:
    [lost] = happens(stand, "pay", "dispute")
    [won] = happens(stand, "win")
    assert (won.outcome, won.dispute) == (Outcome.CHARGEBACK_WON, lost.dispute)


def test_every_notice_has_an_id_of_its_own(stand: Stand) -> None:
    events = [*happens(stand, "order"), *happens(stand, "take cash")]
    assert len({event.id for event in events}) == 2


@pytest.mark.parametrize("body", GARBAGE)
def test_a_genuine_notice_that_cannot_be_read_tells_nothing(stand: Stand, body: bytes) -> None:
    assert stand.gateway().read(*stand.signed(body)) is None


@pytest.mark.parametrize("stand", ["local", "komoju"], indirect=True)
def test_a_genuine_notice_that_is_no_text_tells_nothing(stand: Stand) -> None:
    assert stand.gateway().read(*stand.signed(b"\xff\x00{")) is None


@pytest.mark.parametrize("stand", ["stripe"], indirect=True)
def test_what_is_no_text_was_never_signed_by_stripe(stand: Stand) -> None:
    with pytest.raises(ForgedNotice):
        stand.gateway().read(*stand.signed(b"\xff\x00{"))


def test_a_notice_signed_with_another_secret_is_forged(stand: Stand) -> None:
    happens(stand)
    stand.act("pay")
    [(body, _)] = stand.notices()

    with pytest.raises(ForgedNotice):
        stand.gateway().read(*stand.signed(body, secret="a guess at the secret"))


@pytest.mark.parametrize("header", ["", "x", "t=1", "t=1,v1=00", "t=now,v1=00", "\ud83d", "é" * 64])
def test_a_notice_without_a_right_signature_is_forged(stand: Stand, header: str) -> None:
    happens(stand)
    stand.act("pay")
    [(body, headers)] = stand.notices()

    with pytest.raises(ForgedNotice):
        stand.gateway().read(body, dict.fromkeys(headers, header))
    with pytest.raises(ForgedNotice):
        stand.gateway().read(body, {})


def test_a_signature_is_over_the_very_bytes(stand: Stand) -> None:
    happens(stand)
    stand.act("pay")
    [(body, headers)] = stand.notices()

    with pytest.raises(ForgedNotice):
        stand.gateway().read(body.replace(b": ", b":", 1), headers)


def test_a_notice_signed_long_ago_is_forged_where_signatures_have_a_time(stand: Stand) -> None:
    happens(stand)
    stand.act("pay")
    [(body, _)] = stand.notices()

    assert stand.gateway().read(*stand.signed(body, age=290)) is not None
    if stand.has_time:
        with pytest.raises(ForgedNotice):
            stand.gateway().read(*stand.signed(body, age=310))


def test_how_a_page_stands_can_be_asked(stand: Stand) -> None:
    gateway = stand.gateway()
    session = gateway.open(checkout()).session
    assert gateway.look(session) is None

    stand.act("order")
    waiting = gateway.look(session)
    assert waiting is not None
    assert waiting.outcome is Outcome.PENDING
    assert (waiting.voucher_url or "").startswith(gateway.origins)

    stand.act("take cash")
    paid = gateway.look(session)
    assert paid is not None
    assert (paid.outcome, paid.amount) == (Outcome.PAID, Money(12800, "JPY"))


def test_a_page_that_there_is_not_is_missing(stand: Stand) -> None:
    with pytest.raises(GatewayRefused) as refusal:
        stand.gateway().look("cs_0")
    assert refusal.value.missing


def test_a_closed_page_cannot_be_paid_through(stand: Stand) -> None:
    gateway = stand.gateway()
    session = gateway.open(checkout()).session

    assert gateway.close(session).outcome is Outcome.EXPIRED
    assert gateway.close(session).outcome is Outcome.EXPIRED


@pytest.mark.parametrize(("action", "outcome"), [("pay", Outcome.PAID), ("order", Outcome.PENDING)])
def test_who_closes_a_page_too_late_is_told_how_it_ended(
    stand: Stand, action: str, outcome: Outcome
) -> None:
    gateway = stand.gateway()
    session = gateway.open(checkout()).session
    stand.act(action)
    assert gateway.close(session).outcome is outcome


def test_the_list_tells_what_came_and_what_went_back(stand: Stand) -> None:
    gateway = stand.gateway()
    for number in range(1, 6):
        gateway.open(checkout(reference=f"7-1-{number}"))
        if number > 1:
            stand.act("pay", f"7-1-{number}")
    stand.act("refund", "7-1-3", 6400)
    stand.act("dispute", "7-1-4")

    found = list(gateway.listed(datetime.now(UTC) - timedelta(days=1)))

    paid = {event.reference for event in found if event.outcome is Outcome.PAID}
    assert paid == {f"7-1-{number}" for number in range(2, 6)}
    [refund] = [event for event in found if event.outcome is Outcome.REFUNDED]
    assert (refund.reference, refund.returned) == ("7-1-3", 6400)
    disputes = {event.dispute for event in found if event.outcome is Outcome.CHARGED_BACK}
    assert len(disputes) == 1


def test_what_is_long_past_is_not_listed(stand: Stand) -> None:
    happens(stand, "pay")
    assert not list(stand.gateway().listed(datetime.now(UTC) + timedelta(days=100)))

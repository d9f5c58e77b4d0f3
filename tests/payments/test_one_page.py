"""Two devices, a double tap, the back button, a page that expired: never two charges."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from bot.errors import GatewayAway, GatewayBusy, GatewayRefused, PaymentError
from bot.payments import checkout
from bot.payments.checkout import Refusal, Wish
from bot.payments.gateways import Checkout, Opened, Outcome
from bot.store.columns import seconds_from_now
from bot.store.tables import checkouts, payment_links
from bot.text.language import Language
from tests.gateway import Gateway
from tests.paying import HANAKO, Paying

PATIENCE_S = 20


def tap(paying: Paying, link_id: int | None = None, shown: int = 12800) -> str | Refusal:
    wish = Wish(link_id or paying.link().id, "https://sms.example.com/p/x", Language.JA, shown)
    return checkout.begin(paying.runtime, wish)


def statuses(paying: Paying) -> list[str]:
    with paying.runtime.engine.begin() as connection:
        found = select(checkouts.c.status).order_by(checkouts.c.id)
        return list(connection.execute(found).scalars())


def page_expires(paying: Paying) -> None:
    paying.changes(update(checkouts).values(expires_at=seconds_from_now(-1)))


def still_payable(gateway: Gateway, pages: list[str | Refusal]) -> set[str]:
    """Of the pages that were handed out, those on which somebody could pay now."""
    sessions = {opened.url: opened.session for opened in gateway.opened.values()}
    handed = {sessions[page] for page in pages if isinstance(page, str)}
    return handed - set(gateway.closed)


def slow(paying: Paying) -> tuple[threading.Event, threading.Event]:
    """Let the gateway's next answer wait for the second event; asking sets the first."""
    asked, answer = threading.Event(), threading.Event()
    open_at_once = paying.gateway.open

    def open_slowly(wish: Checkout) -> Opened:
        paying.gateway.open = open_at_once  # type: ignore[method-assign]
        opened = open_at_once(wish)
        asked.set()
        assert answer.wait(PATIENCE_S)
        return opened

    paying.gateway.open = open_slowly  # type: ignore[method-assign]
    return asked, answer


def test_two_devices_are_led_to_one_page(paying: Paying) -> None:
    asked, answer = slow(paying)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(tap, paying)
        assert asked.wait(PATIENCE_S)
        second = tap(paying)
        answer.set()
        assert first.result() == second
    assert len(paying.gateway.opened) == 1


def test_a_page_that_opens_while_a_new_link_is_made_is_never_handed_out(paying: Paying) -> None:
    asked, answer = slow(paying)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(tap, paying)
        assert asked.wait(PATIENCE_S)
        paying.gets_link()
        second = tap(paying)
        answer.set()
        assert first.result() is Refusal.GONE
    assert still_payable(paying.gateway, [second]) == {"cs_2"}
    assert paying.gateway.closed == ["cs_1"]


def test_many_taps_on_an_old_and_a_new_link_leave_one_page_to_pay_on(paying: Paying) -> None:
    old = paying.link().id
    tapped = threading.Barrier(9, timeout=PATIENCE_S)

    def tap_old() -> str | Refusal:
        tapped.wait()
        return tap(paying, old)

    with ThreadPoolExecutor(8) as pool:
        taps = [pool.submit(tap_old) for _ in range(8)]
        tapped.wait()
        paying.gets_link()
        new = [pool.submit(tap, paying, paying.link().id) for _ in range(8)]
        pages = [each.result() for each in (*taps, *new)]

    assert len(still_payable(paying.gateway, pages)) == 1


def test_the_back_button_leads_to_the_same_page(paying: Paying) -> None:
    assert tap(paying) == tap(paying)
    assert len(paying.gateway.asked) == 1


def test_a_page_that_expired_gives_way_to_a_new_one(paying: Paying) -> None:
    first = tap(paying)
    page_expires(paying)
    paying.gateway.standing["cs_1"] = Outcome.EXPIRED

    second = tap(paying)

    assert second != first
    assert statuses(paying) == ["over", "open"]
    assert paying.link().failures == 1


def test_a_page_that_expired_after_it_was_paid_on_is_a_payment(paying: Paying) -> None:
    tap(paying)
    page_expires(paying)
    paying.gateway.standing["cs_1"] = Outcome.PAID

    assert tap(paying) is Refusal.PAID

    paying.texting.sends()
    assert paying.texting.new_keys() == ["payment.link", "payment.receipt"][1:]
    assert paying.due() == 0


def test_a_page_that_is_open_longer_than_we_thought_is_used_on(paying: Paying) -> None:
    first = tap(paying)
    page_expires(paying)
    assert tap(paying) == first


def test_while_the_gateway_is_away_an_expired_page_gives_way_to_nothing(paying: Paying) -> None:
    tap(paying)
    page_expires(paying)
    paying.gateway.is_away = True
    assert tap(paying) is Refusal.UNAVAILABLE
    assert len(paying.gateway.asked) == 1


def test_while_the_old_page_cannot_be_closed_no_new_one_opens(paying: Paying) -> None:
    tap(paying)
    paying.gets_link()
    paying.gateway.is_away = True

    assert tap(paying) is Refusal.UNAVAILABLE

    paying.gateway.is_away = False
    assert tap(paying) == "https://pay.example.com/pay/cs_2"
    assert paying.gateway.closed == ["cs_1"]


def test_a_page_at_a_gateway_that_was_taken_away_is_waited_for(paying: Paying) -> None:
    tap(paying)
    paying.gets_link()
    other = Gateway()
    other.name = "other"
    moved = replace(paying, runtime=replace(paying.runtime, gateways={"other": other}))

    assert tap(moved) is Refusal.UNAVAILABLE
    page_expires(paying)
    assert tap(moved) == "https://pay.example.com/pay/cs_1"
    assert statuses(paying) == ["over", "open"]


def test_an_attempt_with_another_gateway_is_paid_where_it_was_begun(paying: Paying) -> None:
    first = tap(paying)
    other = Gateway()
    other.name = "other"
    both = {"other": other, "local": paying.gateway}
    moved = replace(paying, runtime=replace(paying.runtime, gateways=both))
    assert tap(moved) == first


@pytest.mark.parametrize("chosen", ["local", "other"])
def test_the_gateway_that_was_chosen_is_asked(paying: Paying, chosen: str) -> None:
    other = Gateway()
    other.name = "other"
    other.methods = lambda _: ("paypay",)  # type: ignore[assignment, method-assign, return-value]
    both = {"local": paying.gateway, "other": other}
    runtime = replace(paying.runtime, gateways=both)
    wish = Wish(paying.link().id, "https://sms.example.com/p/x", Language.JA, 12800, chosen)

    assert isinstance(checkout.begin(runtime, wish), str)
    assert paying.link().gateway == chosen


def test_a_gateway_that_nobody_offers_is_not_chosen(paying: Paying) -> None:
    wish = Wish(paying.link().id, "https://sms.example.com/p/x", Language.JA, 12800, "\ud83d")
    assert isinstance(checkout.begin(paying.runtime, wish), str)
    assert paying.link().gateway == "local"


def test_a_page_that_opens_after_its_attempt_was_given_up_is_closed(paying: Paying) -> None:
    asked, answer = slow(paying)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(tap, paying)
        assert asked.wait(PATIENCE_S)
        opens = paying.gateway.open
        paying.gateway.open = _raising(GatewayRefused("no"))  # type: ignore[method-assign]
        assert tap(paying) is Refusal.UNAVAILABLE
        paying.gateway.open = opens  # type: ignore[method-assign]
        answer.set()
        assert first.result() == "https://pay.example.com/pay/cs_2"
    assert statuses(paying) == ["refused", "open"]
    assert paying.gateway.closed == ["cs_1"]


def test_a_busy_gateway_is_asked_again_until_it_gives_up(
    paying: Paying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.payments.opening.PAUSES_S", (0.0, 0.0))
    paying.gateway.open = _raising(GatewayBusy("at work"))  # type: ignore[method-assign]
    assert tap(paying) is Refusal.UNAVAILABLE
    assert statuses(paying) == ["open"]
    assert paying.link().status == "started"


@pytest.mark.parametrize("failed", [False, True])
def test_only_a_gateway_that_broke_twice_ends_an_attempt(paying: Paying, failed: bool) -> None:
    paying.gateway.open = _raising(GatewayAway("broken", failed))  # type: ignore[method-assign]
    assert [tap(paying), tap(paying)] == [Refusal.UNAVAILABLE] * 2
    assert statuses(paying) == ["refused" if failed else "open"]


def test_a_link_that_is_revoked_while_it_is_tapped_is_gone(paying: Paying) -> None:
    asked, answer = slow(paying)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(tap, paying)
        assert asked.wait(PATIENCE_S)
        paying.changes(update(payment_links).values(status="revoked"))
        answer.set()
        assert first.result() is Refusal.GONE
    assert paying.gateway.closed == ["cs_1"]
    assert paying.texting.says(HANAKO, "支払い") == ["payment.link"]


def _raising(error: PaymentError) -> object:
    def fail(_: Checkout) -> Opened:
        raise error

    return fail

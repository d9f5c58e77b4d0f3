"""From the gateway's notice to the receipt: once, for the right amount, in whatever order."""

import itertools
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from bot.store.columns import seconds_from_now
from bot.store.tables import accounts, payment_links
from tests.gateway import notice, signed
from tests.paying import ALICE, HANAKO, Paying

FORGED = {
    "no signature": {},
    "an empty signature": {"Henji-Gateway-Signature": ""},
    "half a signature": {"Henji-Gateway-Signature": "t=1"},
    "a time that is no number": {"Henji-Gateway-Signature": f"t=now,v1={'0' * 64}"},
    "the signature of another notice": signed(b"{}"),
}
# What differs from the notice that would be right, and how it is written down.
MISMATCHES = {
    "a smaller amount": ({"amount": 12799}, "wrong amount"),
    "a larger amount": ({"amount": 12801}, "wrong amount"),
    "no amount": ({"amount": 0}, "wrong amount"),
    "another currency": ({"currency": "USD"}, "wrong amount"),
    "a reference that is none": ({"reference": "HJ-17"}, "unknown reference"),
    "a link that is none": ({"reference": "999-1-1"}, "unknown reference"),
    "a link beyond counting": ({"reference": f"{'9' * 18}-1-1"}, "unknown reference"),
    "a link of another time": ({"reference": "1-1-1"}, "unknown reference"),
}
UNREADABLE = {
    "nothing": b"",
    "no JSON": b"\xff\x00{",
    "a list": b"[]",
    "no session": b'{"id": "evt_1"}',
    "an amount as text": notice("paid", "1-1-1", amount="12800"),
    "an amount below nothing": notice("paid", "1-1-1", amount=-1),
    "a state of a later version": notice("refunded", "1-1-1"),
    "an id with NUL": notice("paid", "1-1-1", event="evt\0"),
    "an id too long": notice("paid", "1-1-1", event="e" * 129),
    "a payment without its id": notice("paid", "1-1-1", payment_id=None),
}


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED)
def test_a_forged_notice_is_refused_and_leaves_no_trace(
    paying: Paying, headers: dict[str, str]
) -> None:
    body = notice("paid", paying.begins(), event="evt_forged")

    assert paying.hears_of(body, headers).status_code == 403
    assert paying.outcomes() == []
    assert paying.link().status == "started"


def test_a_notice_signed_with_another_secret_is_refused(paying: Paying) -> None:
    body = notice("paid", paying.begins())
    assert paying.hears_of(body, signed(body, secret="a guess at the secret")).status_code == 403


def test_a_notice_replayed_after_five_minutes_is_refused(paying: Paying) -> None:
    body = notice("paid", paying.begins())
    assert paying.hears_of(body, signed(body, age=301)).status_code == 403
    assert paying.hears_of(body, signed(body, age=290)).status_code == 200


@pytest.mark.parametrize(("changes", "outcome"), MISMATCHES.values(), ids=MISMATCHES)
def test_what_does_not_fit_the_link_settles_nothing_and_is_flagged(
    paying: Paying, changes: dict[str, object], outcome: str
) -> None:
    paying.begins()

    assert paying.told("paid", **changes) == []
    assert paying.outcomes() == [outcome]
    assert paying.link().status == "started"
    assert paying.due() == 12800


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_a_genuine_notice_that_says_nothing_we_know_is_taken_and_left(
    paying: Paying, body: bytes
) -> None:
    assert paying.hears_of(body).status_code == 200
    assert paying.outcomes() == []


def test_a_notice_about_a_link_that_nobody_began_to_pay_is_flagged(paying: Paying) -> None:
    link = paying.link()
    reference = f"{link.id}-{int(link.created_at.timestamp())}-1"

    assert paying.told("paid", reference=reference) == []
    assert paying.outcomes() == ["unknown reference"]


def test_a_payment_gives_a_receipt_and_takes_it_off_what_is_due(paying: Paying) -> None:
    paying.begins()

    assert paying.told("paid") == ["payment.receipt"]

    link = paying.link()
    assert (link.status, link.gateway_payment) == ("paid", "pay_1")
    assert paying.due() == 0
    assert "12,800円" in paying.bodies()[-1]
    assert link.receipt_number in paying.bodies()[-1]


def test_what_is_due_is_as_of_the_payment(paying: Paying) -> None:
    paying.begins()
    a_week_ago = seconds_from_now(-7 * 24 * 3600)
    paying.changes(update(accounts).values(updated_at=a_week_ago))
    paying.told("paid")

    with paying.runtime.engine.begin() as connection:
        fresh = select(accounts.c.updated_at > seconds_from_now(-60))
        assert connection.execute(fresh).scalar_one()


def test_the_receipt_speaks_the_language_of_the_link(paying: Paying) -> None:
    paying.is_customer(ALICE, digits="5678", due=4210, currency="USD")
    paying.gets_link(ALICE, "PAY")
    paying.answers("5678")
    paying.taps_pay()

    assert paying.told("paid", amount=4210, currency="USD") == ["payment.receipt"]
    assert paying.bodies(ALICE)[-1].startswith(
        "Example Co.: We have received your payment of $42.10."
    )


def test_the_same_notice_twenty_times_at_once_gives_one_receipt(paying: Paying) -> None:
    body = notice("paid", paying.begins())

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: paying.hears_of(body).status_code, range(20)))

    paying.texting.sends()
    assert answers == [200] * 20
    assert paying.texting.new_keys() == ["payment.receipt"]
    assert paying.outcomes() == ["paid"]
    assert paying.due() == 0


def test_twenty_notices_of_one_payment_at_once_give_one_receipt(paying: Paying) -> None:
    reference = paying.begins()

    def told(_: int) -> None:
        body = notice("paid", reference)
        while paying.hears_of(body).status_code == 503:  # a gateway tells it again then
            pass

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(told, range(20)))

    paying.texting.sends()
    assert paying.texting.new_keys() == ["payment.receipt"]
    assert sorted(paying.outcomes()) == ["known already"] * 19 + ["paid"]


@pytest.mark.parametrize(
    "order", list(itertools.permutations(["pending", "paid", "expired"])), ids=" ".join
)
def test_paid_is_final_in_whatever_order_notices_come(
    paying: Paying, order: tuple[str, ...]
) -> None:
    paying.begins()

    said = [key for status in order for key in paying.told(status)]

    assert said.count("payment.receipt") == 1
    assert paying.link().status == "paid"
    assert paying.due() == 0


def test_any_shuffle_of_repeated_notices_ends_the_same(paying: Paying) -> None:
    reference = paying.begins()
    bodies = [notice(status, reference) for status in ("pending", "paid", "failed", "expired")] * 5
    random.Random(7).shuffle(bodies)

    assert {paying.hears_of(body).status_code for body in bodies} == {200}

    paying.texting.sends()
    assert paying.texting.new_keys().count("payment.receipt") == 1
    assert len(paying.outcomes()) == 4
    assert paying.due() == 0


def test_cash_at_a_store_is_acknowledged_then_received(paying: Paying) -> None:
    paying.begins()

    assert paying.told("pending") == ["payment.pending"]
    assert paying.link().status == "pending"
    assert paying.told("paid") == ["payment.receipt"]


def test_cash_that_never_comes_is_told_and_the_link_may_be_tried_again(paying: Paying) -> None:
    paying.begins()
    paying.told("pending")

    assert paying.told("expired") == ["payment.failed"]
    assert paying.link().status == "failed"


def test_who_leaves_the_gateways_page_is_not_written_to(paying: Paying) -> None:
    paying.begins()

    assert paying.told("expired") == []
    assert paying.link().status == "failed"


def test_a_failure_is_told_and_the_next_try_is_another_payment(paying: Paying) -> None:
    first = paying.begins()
    assert paying.told("failed") == ["payment.failed"]

    second = paying.begins()

    assert second != first
    assert paying.told("failed", reference=first) == []
    assert paying.link().status == "started"
    assert paying.told("paid") == ["payment.receipt"]
    assert paying.outcomes() == ["failed", "about an earlier attempt", "paid"]


def test_the_success_of_an_earlier_attempt_is_accepted(paying: Paying) -> None:
    first = paying.begins()
    paying.told("failed")
    paying.begins()

    assert paying.told("paid", reference=first) == ["payment.receipt"]


def test_a_payment_after_the_link_expired_is_accepted(paying: Paying) -> None:
    paying.begins()
    paying.link_expires()

    assert paying.told("paid") == ["payment.receipt"]
    assert paying.due() == 0


def test_a_payment_through_a_revoked_link_is_accepted(paying: Paying) -> None:
    paying.begins()
    paying.changes(update(payment_links).values(status="revoked"))

    assert paying.told("pending") == ["payment.pending"]
    assert paying.told("paid") == ["payment.receipt"]


def test_an_attempt_that_ends_on_a_revoked_link_is_not_told_and_may_still_be_paid(
    paying: Paying,
) -> None:
    paying.begins()
    paying.changes(update(payment_links).values(status="revoked"))

    assert paying.told("expired") == []
    assert paying.link().status == "revoked"
    assert paying.told("paid") == ["payment.receipt"]


def test_a_second_payment_through_a_paid_link_is_flagged_and_gives_no_receipt(
    paying: Paying,
) -> None:
    paying.begins()
    paying.told("paid")
    number = paying.link().receipt_number

    assert paying.told("paid", payment_id="pay_2") == []
    assert paying.outcomes() == ["paid", "double payment"]
    assert paying.link().receipt_number == number
    assert paying.due() == 0


def test_paying_through_two_links_of_one_account_is_flagged(paying: Paying) -> None:
    first = paying.begins()
    paying.gets_link()
    second = paying.begins()
    paying.told("paid", reference=second)

    assert paying.told("paid", reference=first, payment_id="pay_2") == ["payment.receipt"]
    assert paying.outcomes() == ["paid", "paid, more than was due"]
    assert paying.due() == -12800


def test_one_payment_cannot_pay_two_links(paying: Paying) -> None:
    first = paying.begins()
    paying.gets_link()
    paying.begins()
    paying.told("paid")

    assert paying.told("paid", reference=first) == []
    assert paying.outcomes() == ["paid", "payment of another link"]


def test_a_person_who_stopped_all_messages_gets_no_receipt_by_text(paying: Paying) -> None:
    paying.begins()
    paying.texting.says("+819000000001", "配信停止")

    assert paying.told("paid") == []
    assert paying.link().status == "paid"


def test_no_amount_goes_to_a_number_of_which_a_lawyer_was_named(paying: Paying) -> None:
    paying.begins()
    paying.texting.says(HANAKO, "弁護士に任せました")

    assert paying.told("paid") == ["payment.receipt.plain"]
    receipt = paying.bodies()[-1]
    assert "12,800" not in receipt
    assert (paying.link().receipt_number or "") in receipt


def test_the_receipts_text_leads_to_the_page_to_print(paying: Paying) -> None:
    paying.begins()
    paying.told("paid")

    assert "領収書はお支払いリンクから" in paying.bodies()[-1]


@pytest.mark.parametrize("end", ["failed", "expired"])
def test_a_link_does_not_live_again_after_a_stop(paying: Paying, end: str) -> None:
    paying.begins()
    paying.texting.says(HANAKO, "配信停止")

    paying.told(end)

    assert paying.link().status == "revoked"
    assert paying.opens().status_code == paying.browser.get("/p/unknown").status_code


def test_what_is_due_in_another_currency_by_now_was_paid_too_much(paying: Paying) -> None:
    paying.begins()
    paying.changes(update(accounts).values(currency="USD"))

    paying.told("paid")

    assert paying.outcomes() == ["paid, more than was due"]

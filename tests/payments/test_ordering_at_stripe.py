"""Paying without a browser through Stripe: from the text to the receipt, whatever goes wrong."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from sqlalchemy import Row, select, update

from bot.payments import ordering
from bot.payments.reconcile import Compared, reconcile
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now
from bot.store.tables import checkouts, payment_links, payments
from tests.gateways.stand import MISFITS, Notice
from tests.gateways.stands import standing
from tests.gateways.stripe_account import StripeAccount
from tests.paying import ALICE, HANAKO, Paying

FAMILYMART = "ファミリーマート 111222/01234567890\nローソン・ミニストップ 333444/01234567890"


@dataclass
class Story:
    """Hanako's feature phone, and the Stripe account of the company that she owes."""

    paying: Paying
    stand: StripeAccount

    def asks(self, number: str = HANAKO, digits: str = "1234") -> None:
        """Ask for a number and prove who it is for."""
        assert self.paying.texting.says(number, "ガラケーです")[0] == "payment.ask_digits"
        assert self.paying.texting.says(number, digits)[0] == "payment.ordering"

    def clock_turns(self) -> list[str]:
        """The clock carries out what is wished; the scripts that are sent because of it."""
        ordering.order_wished(self.paying.runtime)
        return self.sent()

    def orders(self) -> str:
        """Ask, and get the number; the reference of the order."""
        self.asks()
        assert self.clock_turns() == ["payment.pending_stores"]
        return self.reference()

    def reference(self) -> str:
        link = self.paying.link()
        return f"{link.id}-{int(link.created_at.timestamp())}-{link.failures + 1}"

    def happens(self, action: str, reference: str, amount: int = 0) -> list[str]:
        self.stand.act(action, reference, amount)
        return self.hears(*self.stand.notices())

    def hears(self, *notices: Notice) -> list[str]:
        """Bring notices to the webhook; the scripts that are sent because of them."""
        for body, headers in notices:
            client = self.paying.texting.client
            answer = client.post("/webhooks/stripe", data=body, headers=headers)
            assert answer.status_code == 200
        return self.sent()

    def sent(self) -> list[str]:
        self.paying.texting.sends()
        return self.paying.texting.new_keys()

    def compares(self) -> Compared:
        gateway = self.paying.runtime.gateways["stripe"]
        return reconcile(self.paying.runtime, gateway, datetime.now(UTC) - timedelta(days=1))

    def rows(self, table: Any) -> list[Row[Any]]:
        with self.paying.runtime.engine.begin() as connection:
            return list(connection.execute(select(table).order_by(table.c.id)))


@pytest.fixture
def story(runtime: Runtime, tmp_path: Path) -> Iterator[Story]:
    with standing("stripe", tmp_path) as stand:
        assert isinstance(stand, StripeAccount)
        paying = Paying.at(runtime, through=stand.gateway())
        paying.is_customer()
        paying.texting.says(HANAKO, "ヘルプ")
        yield Story(paying, stand)


def test_the_numbers_come_by_text_and_the_cash_is_received(story: Story) -> None:
    reference = story.orders()
    said = story.paying.bodies()[-1]
    assert FAMILYMART in said
    assert "期限" in said
    [asked] = story.stand.asked
    form = parse_qs(str(asked.body))
    assert form["payment_method_data[billing_details][name]"] == ["山田 花子"]
    assert story.clock_turns() == []

    assert story.happens("take cash", reference) == ["payment.receipt_at_store"]

    [payment] = story.rows(payments)
    assert (payment.gateway, payment.amount_minor, payment.credited) == ("stripe", 12800, True)
    assert (story.paying.link().status, story.paying.due()) == ("paid", 0)


def test_the_numbers_are_told_in_english(story: Story) -> None:
    paying = story.paying
    paying.is_customer(ALICE, digits="5678", due=4210)
    paying.texting.says(ALICE, "I don't have a smartphone")
    paying.texting.says(ALICE, "5678")
    story.clock_turns()
    said = paying.bodies(ALICE)[-1]
    assert "FamilyMart 111222/01234567890\nLawson, Ministop 333444/01234567890" in said


def test_stripes_own_notice_of_the_order_is_told_once(story: Story) -> None:
    story.orders()
    assert story.hears(*story.stand.notices() * 2) == []


@pytest.mark.parametrize("trouble", ["lost", "broken after", "busy"])
def test_a_lost_answer_leads_to_the_same_order(story: Story, trouble: str) -> None:
    story.asks()
    story.stand.trouble = [trouble]
    assert story.clock_turns() == []

    assert story.clock_turns() == ["payment.pending_stores"]
    assert len(story.stand.payments.orders) == 1
    assert len({asked.headers["Idempotency-Key"] for asked in story.stand.asked}) == 1


def test_a_notice_that_overtakes_the_lost_answer_brings_the_number(story: Story) -> None:
    story.asks()
    story.stand.trouble = ["lost"]
    story.clock_turns()

    assert story.hears(*story.stand.notices()) == ["payment.pending_stores"]
    assert story.clock_turns() == []
    assert story.happens("take cash", story.reference()) == ["payment.receipt_at_store"]


def test_a_refusal_is_told_and_the_next_wish_is_a_new_order(story: Story) -> None:
    story.asks()
    story.stand.trouble = ["refused"]

    assert story.clock_turns() == []
    assert story.clock_turns() == ["payment.no_number"]

    assert [kind for kind, _ in story.paying.alerts()] == ["gateway"]
    assert story.paying.texting.says(HANAKO, "ガラケーです")[0] == "payment.ordering"
    assert story.clock_turns() == ["payment.pending_stores"]
    assert story.paying.alerts() == []


def test_an_order_goes_on_at_stripe_whatever_the_settings_say_by_then(story: Story) -> None:
    story.asks()
    story.stand.trouble = ["lost"]
    story.clock_turns()
    settings = story.paying.runtime.settings.model_copy(update={"HENJI_GATEWAYS": "komoju"})
    story.paying.runtime = replace(story.paying.runtime, settings=settings)

    ordering.order_wished(story.paying.runtime)

    assert story.sent() == ["payment.pending_stores"]
    assert len(story.stand.payments.orders) == 1


@pytest.mark.parametrize("seed", range(3))
def test_notices_twenty_times_in_any_order_are_one_payment(story: Story, seed: int) -> None:
    story.asks()
    story.clock_turns()
    story.stand.act("take cash", story.reference())
    told = story.stand.notices() * 20
    random.Random(seed).shuffle(told)

    assert story.hears(*told).count("payment.receipt_at_store") == 1
    assert (story.paying.due(), len(story.rows(payments))) == (0, 1)


@pytest.mark.parametrize("change", MISFITS, ids=str)
def test_what_does_not_fit_is_flagged_and_then_the_right_notice_is_taken(
    story: Story, change: dict[str, Any]
) -> None:
    reference = story.orders()
    story.stand.notices()
    story.stand.act("take cash", reference)
    [right] = story.stand.notices()

    assert story.hears(story.stand.altered(right, **change)) == []

    assert story.rows(payments) == []
    assert [kind for kind, _ in story.paying.alerts()] == ["payment"]
    assert story.hears(right) == ["payment.receipt_at_store"]


@pytest.mark.parametrize("ends", ["fail", "expire"])
def test_when_the_time_is_over_it_is_told_and_a_new_number_can_be_had(
    story: Story, ends: str
) -> None:
    reference = story.orders()
    assert story.happens(ends, reference) == ["payment.failed"]

    assert story.paying.texting.says(HANAKO, "ガラケーです")[0] == "payment.ordering"
    assert story.clock_turns() == ["payment.pending_stores"]
    assert story.reference() != reference


def test_cash_that_comes_after_the_time_is_accepted(story: Story) -> None:
    reference = story.orders()
    story.happens("fail", reference)
    assert story.happens("take cash", reference) == ["payment.receipt_at_store"]
    assert story.paying.due() == 0


def test_while_cash_is_awaited_nothing_else_is_ordered(story: Story) -> None:
    story.orders()
    assert story.paying.texting.says(HANAKO, "ガラケーです")[0] == "payment.waiting"
    assert len(story.stand.payments.orders) == 1


def test_the_night_settles_what_no_notice_told(story: Story) -> None:
    reference = story.orders()
    story.stand.act("take cash", reference)

    compared = story.compares()

    assert (compared.listed, len(compared.differences), compared.for_a_person) == (1, 1, ())
    assert story.sent() == ["payment.receipt_at_store"]
    assert story.compares().differences == ()


def test_the_night_asks_about_an_order_that_should_have_ended(story: Story) -> None:
    reference = story.orders()
    story.stand.act("fail", reference)
    story.paying.changes(update(checkouts).values(pay_by=seconds_from_now(-7200)))

    story.compares()

    assert story.sent() == ["payment.failed"]


def test_a_refund_of_what_was_paid_at_a_store_is_told(story: Story) -> None:
    reference = story.orders()
    story.happens("take cash", reference)
    assert story.happens("refund", reference, 12800) == ["payment.refunded"]


def test_a_payment_of_a_page_is_told_by_its_session_alone(story: Story) -> None:
    """Where the webhook gets every payment_intent event, a page's own must not count twice."""
    paying = story.paying
    paying.gets_link()
    paying.answers()
    paying.taps_pay()
    reference = story.reference()
    declined = {
        "id": "evt_declined",
        "type": "payment_intent.payment_failed",
        "created": 1,
        "data": {
            "object": {
                "id": "pi_1",
                "object": "payment_intent",
                "status": "requires_payment_method",
                "amount": 12800,
                "currency": "jpy",
                "metadata": {"henji_reference": reference},
            }
        },
    }
    story.stand.told.append(declined)

    assert story.hears(*story.stand.notices()) == []
    assert (paying.link().status, paying.outcomes()) == ("started", [])
    assert story.happens("pay", reference) == ["payment.receipt"]


def test_a_page_that_is_open_is_closed_before_a_number_is_ordered(story: Story) -> None:
    paying = story.paying
    paying.gets_link()
    paying.answers()
    paying.taps_pay()
    story.asks()

    assert story.clock_turns() == []
    assert [page["status"] for page in story.stand.sessions.values()] == ["expired"]
    assert story.clock_turns() == ["payment.pending_stores"]


def test_a_stop_ends_the_order(story: Story) -> None:
    story.asks()
    story.paying.texting.says(HANAKO, "配信停止")
    assert story.clock_turns() == []
    assert story.stand.asked == []
    assert [row.status for row in story.rows(payment_links)] == ["revoked"]

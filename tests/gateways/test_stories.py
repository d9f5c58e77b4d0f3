"""From the tap to the receipt and back through each gateway, whatever goes wrong on the way."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Row, select

from bot.runtime import Runtime
from bot.store.tables import checkouts, payments, refunds
from tests.gateways.stand import MISFITS, Notice, Stand
from tests.paying import HANAKO, Paying

# What the clients differ in does not depend on the database; what they share is shown on both.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class Story:
    """Hanako with her link, and the gateway that she pays through."""

    paying: Paying
    stand: Stand

    def begins(self) -> str:
        """Answer and tap; the reference of her payment."""
        self.paying.answers()
        assert self.taps() == 303
        return self.reference()

    def taps(self) -> int:
        return self.paying.taps_pay().status_code

    def reference(self) -> str:
        link = self.paying.link()
        return f"{link.id}-{int(link.created_at.timestamp())}-{link.failures + 1}"

    def happens(self, action: str, reference: str = "", amount: int = 0) -> list[str]:
        """Let something happen at the gateway; the scripts that she is sent because of it."""
        self.stand.act(action, reference or self.reference(), amount)
        return self.hears(*self.stand.notices())

    def hears(self, *notices: Notice) -> list[str]:
        """Bring notices to the webhook; the scripts that are sent because of them."""
        for body, headers in notices:
            assert self.posts(body, headers) == 200
        self.paying.texting.sends()
        return self.paying.texting.new_keys()

    def posts(self, body: bytes, headers: dict[str, str]) -> int:
        client = self.paying.texting.client
        path = f"/webhooks/{self.stand.name}"
        return client.post(path, data=body, headers=headers).status_code

    def rows(self, table: Any) -> list[Row[Any]]:
        with self.paying.runtime.engine.begin() as connection:
            return list(connection.execute(select(table).order_by(table.c.id)))

    @property
    def status(self) -> str:
        return str(self.paying.link().status)


@pytest.fixture
def story(runtime: Runtime, stand: Stand) -> Iterator[Story]:
    paying = Paying.at(runtime, through=stand.gateway())
    paying.is_customer()
    paying.gets_link()
    return Story(paying, stand)


def test_a_card_pays_and_the_receipt_leaves(story: Story) -> None:
    story.begins()

    assert story.happens("pay") == ["payment.receipt"]

    [payment] = story.rows(payments)
    assert (payment.gateway, payment.amount_minor, payment.credited) == (
        story.stand.name,
        12800,
        True,
    )
    assert (story.status, story.paying.due()) == ("paid", 0)


@pytest.mark.parametrize("trouble", ["lost", "broken after"])
def test_a_lost_answer_leads_to_the_same_page_at_the_next_tap(story: Story, trouble: str) -> None:
    story.paying.answers()
    story.stand.trouble = [trouble]
    assert story.taps() == 503

    assert story.taps() == 303
    assert len(story.stand.sessions) == 1
    assert story.happens("pay") == ["payment.receipt"]


def test_a_refusal_is_told_to_the_company_and_the_next_tap_asks_anew(story: Story) -> None:
    story.paying.answers()
    story.stand.trouble = ["refused"]

    assert story.taps() == 503

    assert story.status == "open"
    [(kind, words)] = story.paying.alerts()
    assert kind == "gateway"
    assert "400" in words
    story.begins()
    assert story.paying.alerts() == []


def test_a_gateway_that_stays_broken_is_asked_with_a_new_reference(story: Story) -> None:
    story.paying.answers()
    story.stand.trouble = ["broken", "broken"]
    assert [story.taps(), story.taps(), story.taps()] == [503, 503, 303]
    assert [row.status for row in story.rows(checkouts)] == ["refused", "open"]


@pytest.mark.parametrize("stand", ["stripe", "komoju"], indirect=True)
def test_a_tap_that_meets_another_waits_for_its_page(story: Story) -> None:
    story.paying.answers()
    story.stand.trouble = ["busy"]
    assert story.taps() == 303


def test_a_page_is_asked_for_once_however_often_the_button_is_tapped(story: Story) -> None:
    story.begins()
    asked = len(story.stand.asked)
    assert [story.taps() for _ in range(3)] == [303] * 3
    assert len(story.stand.asked) == asked


def test_cash_is_awaited_shown_and_received(story: Story) -> None:
    story.begins()

    told = "payment.pending" if story.stand.name == "stripe" else "payment.pending_number"
    assert story.happens("order") == [told]
    [attempt] = story.rows(checkouts)
    assert attempt.pay_by > attempt.created_at
    assert (story.paying.taps_pay().location or "").startswith(story.stand.gateway().origins)
    assert story.happens("take cash") == ["payment.receipt"]


def test_after_a_failure_a_payment_succeeds(story: Story) -> None:
    story.begins()
    if story.stand.name == "stripe":
        story.happens("order")
    said = story.happens("fail")
    assert said == (["payment.failed"] if story.stand.failure_ends else [])

    reference = story.begins()

    assert story.happens("pay", reference) == ["payment.receipt"]
    assert story.paying.due() == 0


def test_a_success_after_the_page_and_the_link_expired_is_accepted(story: Story) -> None:
    reference = story.begins()
    story.happens("order")
    story.stand.act("take cash", reference)
    late = story.stand.notices()
    story.paying.link_expires()
    story.stand.told = []

    assert story.hears(*late) == ["payment.receipt"]
    assert story.status == "paid"


@pytest.mark.parametrize("seed", range(3))
def test_notices_twenty_times_in_any_order_are_one_payment(story: Story, seed: int) -> None:
    reference = story.begins()
    told: list[Notice] = []
    for action in ("order", "take cash"):
        story.stand.act(action, reference)
        told += story.stand.notices()
    told *= 20
    dice = random.Random(seed)
    dice.shuffle(told)
    expires = dice.randrange(len(told))

    said = story.hears(*told[:expires])
    story.paying.link_expires()
    said += story.hears(*told[expires:])

    assert said.count("payment.receipt") == 1
    assert said.count("payment.pending") <= 1
    assert (story.status, story.paying.due(), len(story.rows(payments))) == ("paid", 0, 1)


@pytest.mark.parametrize("change", MISFITS, ids=str)
def test_what_does_not_fit_is_flagged_and_then_the_right_notice_is_taken(
    story: Story, change: dict[str, Any]
) -> None:
    reference = story.begins()
    story.stand.act("pay", reference)
    [right] = story.stand.notices()

    assert story.hears(story.stand.altered(right, **change)) == []

    assert (story.status, story.rows(payments)) == ("started", [])
    assert [kind for kind, _ in story.paying.alerts()] == ["payment"]
    assert story.hears(right) == ["payment.receipt"]


@pytest.mark.parametrize("stand", ["stripe", "komoju"], indirect=True)
def test_a_notice_that_names_only_the_session_is_enough(story: Story) -> None:
    reference = story.begins()
    story.stand.act("pay", reference)
    [right] = story.stand.notices()
    assert story.hears(story.stand.altered(right, reference=None)) == ["payment.receipt"]


@pytest.mark.parametrize("stand", ["stripe", "komoju"], indirect=True)
def test_what_somebody_else_sells_through_the_account_is_no_concern_of_ours(story: Story) -> None:
    reference = story.begins()
    story.stand.act("pay", reference)
    [right] = story.stand.notices()
    foreign = {"reference": None, "session": "cs_of_a_shop", "payment": "payment_of_a_shop"}

    assert story.hears(story.stand.altered(right, **foreign)) == []

    assert (story.paying.outcomes(), story.paying.alerts()) == ([], [])


def test_a_forged_notice_changes_nothing(story: Story) -> None:
    reference = story.begins()
    story.stand.act("pay", reference)
    [(body, _)] = story.stand.notices()

    assert story.posts(*story.stand.signed(body, secret="a guess at the secret")) == 403
    assert story.posts(b"", {}) == 403
    assert story.status == "started"


def test_a_second_payment_is_flagged_until_it_is_refunded(story: Story) -> None:
    reference = story.begins()
    story.stand.act("pay", reference)
    [first] = story.stand.notices()
    story.hears(first)

    assert story.hears(story.stand.altered(first, payment="second")) == []

    [(kind, words)] = story.paying.alerts()
    assert kind == "payment"
    assert "refund" in words
    assert [row.credited for row in story.rows(payments)] == [True, False]
    story.stand.act("refund", reference, 12800)
    refund = story.stand.notices()[0]
    assert story.hears(story.stand.altered(refund, payment="second")) == ["payment.refunded"]
    assert story.paying.alerts() == []
    assert story.paying.due() == 0


def test_refunds_in_part_are_each_told_once(story: Story) -> None:
    story.begins()
    story.happens("pay")

    assert story.happens("refund", amount=6400) == ["payment.refunded"]
    assert "6,400円" in story.paying.bodies()[-1]
    assert story.happens("refund", amount=6400) == ["payment.refunded"]
    assert [(row.kind, row.amount_minor) for row in story.rows(refunds)] == [("refund", 6400)] * 2
    assert story.paying.due() == 0


@pytest.mark.parametrize("order", [*itertools.permutations(range(3))], ids=str)
def test_a_payment_and_its_refunds_may_be_told_in_any_order(
    story: Story, order: tuple[int, ...]
) -> None:
    reference = story.begins()
    told: list[Notice] = []
    for action in ("pay", "refund", "refund"):
        story.stand.act(action, reference, 6400)
        told.append(story.stand.notices()[0])
        story.stand.clock += 3600

    said = story.hears(*(told[number] for number in order), *told)

    [payment] = story.rows(payments)
    paid = story.stand.gateway().read(*told[0])
    assert paid is not None
    assert payment.paid_at == paid.at
    assert said.count("payment.receipt") == 1
    assert sum(row.amount_minor for row in story.rows(refunds)) == 12800
    assert (story.status, story.paying.due()) == ("paid", 0)


def test_a_chargeback_is_recorded_and_told_to_the_company_alone(story: Story) -> None:
    story.begins()
    story.happens("pay")

    assert story.happens("dispute") == []

    [row] = story.rows(refunds)
    assert (row.kind, row.amount_minor, row.reversed_at) == ("chargeback", 12800, None)
    assert [kind for kind, _ in story.paying.alerts()] == ["chargeback"]


@pytest.mark.parametrize("stand", ["local", "stripe"], indirect=True)
def test_a_chargeback_that_is_won_is_over(story: Story) -> None:
    story.begins()
    story.happens("pay")
    story.stand.act("dispute", story.reference())
    [lost] = story.stand.notices()
    story.stand.act("win", story.reference())
    [won] = story.stand.notices()

    story.hears(won, lost, won)

    [row] = story.rows(refunds)
    assert row.reversed_at is not None
    assert story.paying.alerts() == []


def test_before_a_new_page_opens_the_old_one_is_closed(story: Story) -> None:
    first = story.begins()
    story.paying.gets_link(HANAKO)
    story.begins()

    session = story.stand.session(first)
    assert session["status"] in {"expired", "cancelled"}
    assert [row.status for row in story.rows(checkouts)] == ["over", "open"]


def test_who_paid_on_the_old_page_meanwhile_pays_no_second_time(story: Story) -> None:
    first = story.begins()
    story.paying.gets_link(HANAKO)
    story.paying.answers()
    story.stand.act("pay", first)  # and its notice is still on its way

    assert story.paying.taps_pay().location == f"/p/{story.paying.token}"

    story.paying.texting.sends()
    assert story.paying.texting.new_keys() == ["payment.receipt"]
    assert len(story.stand.asked) == 1
    assert story.hears(*story.stand.notices()) == []
    assert story.paying.due() == 0


def test_who_chose_a_store_on_the_old_page_is_asked_to_wait(story: Story) -> None:
    first = story.begins()
    story.paying.gets_link(HANAKO)
    story.paying.answers()
    story.stand.act("order", first)

    assert story.paying.taps_pay().location == f"/p/{story.paying.token}"

    assert "お待ちしています" in story.paying.opens().text
    assert len(story.stand.asked) == 1
    number, receipt = story.happens("take cash", first)
    assert number.startswith("payment.pending")
    assert receipt == "payment.receipt"

"""Who pays now is told at once; what is found later waits for the morning."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select

from bot.compliance import countries
from bot.payments.gateways import Outcome
from bot.payments.reconcile import reconcile
from bot.store.tables import outbound_messages
from tests.messaging.campaign import DAY, NIGHT
from tests.paying import HANAKO, Paying


@pytest.fixture(autouse=True)
def night(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is night everywhere."""
    monkeypatch.setattr(countries, "shipped", lambda: NIGHT)


def hours_ago(hours: int) -> datetime:
    return datetime.now(UTC) - timedelta(hours=hours)


def last(paying: Paying) -> Row[Any]:
    found = select(outbound_messages).order_by(outbound_messages.c.id.desc()).limit(1)
    with paying.runtime.engine.begin() as connection:
        return connection.execute(found).one()


def finds_payment(paying: Paying, at: datetime) -> list[str]:
    """Compare with a list that tells of a payment whose notice never came."""
    paying.begins()
    paying.gateway.list = [paying.gateway.event("cs_1", Outcome.PAID, "list:1", at=at)]
    reconcile(paying.runtime, paying.gateway, hours_ago(72))
    paying.texting.sends()
    return paying.texting.new_keys()


def test_the_receipt_of_a_payment_made_now_leaves_at_once(paying: Paying) -> None:
    paying.begins()

    assert paying.told("paid") == ["payment.receipt"]


def test_a_receipt_found_due_by_the_nightly_comparison_waits_for_the_morning(
    paying: Paying, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert finds_payment(paying, hours_ago(9)) == []
    waiting = last(paying)
    assert (waiting.script_key, waiting.status, waiting.verdict) == (
        "payment.receipt", "queued", "later",
    )  # fmt: skip
    assert waiting.expires_at > waiting.not_before

    monkeypatch.setattr(countries, "shipped", lambda: DAY)
    paying.changes(outbound_messages.update().values(not_before=hours_ago(1)))
    paying.texting.sends()
    assert paying.texting.new_keys() == ["payment.receipt"]


def test_what_the_comparison_finds_of_the_last_minutes_leaves_at_once(paying: Paying) -> None:
    assert finds_payment(paying, hours_ago(0)) == ["payment.receipt"]


def test_a_notice_that_was_hours_on_its_way_waits_as_well(paying: Paying) -> None:
    paying.begins()

    assert paying.told("paid", created=int(time.time()) - 4 * 3600) == []


def test_a_receipt_that_waits_keeps_no_answer_waiting(paying: Paying) -> None:
    finds_payment(paying, hours_ago(9))

    assert paying.texting.says(HANAKO, "残高") != []


@pytest.mark.parametrize("status", ["expired", "failed"])
def test_that_the_time_at_the_store_ran_out_is_told_in_the_morning(
    paying: Paying, status: str
) -> None:
    paying.begins()
    paying.told("pending")

    assert paying.told(status) == []
    assert last(paying).script_key == "payment.failed"


def test_a_payment_that_just_failed_at_the_gateway_is_told_at_once(paying: Paying) -> None:
    paying.begins()

    assert paying.told("failed") == ["payment.failed"]


def test_a_refund_is_told_in_the_morning(paying: Paying) -> None:
    paying.begins()
    paying.told("paid")

    assert paying.told("refunded", amount_refunded=12800) == []
    assert last(paying).script_key == "payment.refunded"

"""Comparing with the gateway's list: what was missed is settled, what nobody knows is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.payments.gateways import GatewayEvent, Outcome
from bot.payments.nightly import AT, Nightly, run, tonight
from bot.payments.reconcile import Compared, reconcile
from bot.store.columns import seconds_from_now
from bot.store.tables import checkouts, reconciliations
from bot.text.format import TOKYO, Money
from tests.paying import HANAKO, Paying

LONG_AGO = datetime.now(UTC) - timedelta(days=3)


def compare(paying: Paying) -> Compared:
    return reconcile(paying.runtime, paying.gateway, LONG_AGO)


def lists(paying: Paying, outcome: Outcome, **more: object) -> GatewayEvent:
    """Let the gateway list something about the last page that it opened."""
    session = list(paying.gateway.opened.values())[-1].session
    event = paying.gateway.event(session, outcome, f"list:{session}:{outcome}", **more)
    paying.gateway.list.append(event)
    return event


def says(paying: Paying) -> list[str]:
    paying.texting.sends()
    return paying.texting.new_keys()


def test_a_payment_whose_notice_was_lost_is_settled_with_its_receipt(paying: Paying) -> None:
    paying.begins()
    lists(paying, Outcome.PAID)

    compared = compare(paying)

    assert [one.words for one in compared.differences] == ["pay_cs_1 was missing here: paid."]
    assert compared.for_a_person == ()
    assert says(paying) == ["payment.receipt"]
    assert paying.due() == 0


def test_what_both_know_is_no_difference_and_leaves_no_trace(paying: Paying) -> None:
    paying.begins()
    paying.told("paid", payment_id="pay_cs_1")
    lists(paying, Outcome.PAID)
    before = paying.outcomes()

    assert compare(paying) == Compared("local", 1, ())
    assert paying.outcomes() == before


def test_the_same_night_twice_settles_once(paying: Paying) -> None:
    paying.begins()
    lists(paying, Outcome.PAID)

    compare(paying)

    assert compare(paying).differences == ()
    assert says(paying) == ["payment.receipt"]


def test_a_payment_that_only_we_know_is_told_to_a_person(paying: Paying) -> None:
    paying.begins()
    paying.told("paid")

    compared = compare(paying)

    words = "pay_1 was paid here, but local knows nothing of it."
    assert [one.words for one in compared.for_a_person] == [words]
    assert ("payment", words) in paying.alerts()


def test_a_payment_that_the_list_leaves_out_is_asked_for_by_itself(paying: Paying) -> None:
    paying.begins()
    paying.told("paid", payment_id="pay_cs_1")
    paying.gateway.standing["cs_1"] = Outcome.PAID
    assert compare(paying).differences == ()


def test_another_amount_than_was_told_before_is_for_a_person(paying: Paying) -> None:
    paying.begins()
    paying.told("paid", payment_id="pay_cs_1")
    event = lists(paying, Outcome.PAID)
    paying.gateway.list = [replace(event, amount=Money(1, "JPY"))]

    [difference] = compare(paying).for_a_person
    assert "another amount" in difference.words


def test_what_nobody_asked_for_is_for_a_person_once(paying: Paying) -> None:
    paying.begins()
    event = lists(paying, Outcome.PAID)
    paying.gateway.list = [replace(event, reference="999-1-1")]

    assert len(compare(paying).for_a_person) == 1
    assert compare(paying).differences == ()
    assert [kind for kind, _ in paying.alerts()] == ["payment"]


def test_a_refund_whose_notice_was_lost_is_recorded_and_told(paying: Paying) -> None:
    paying.begins()
    paying.told("paid", payment_id="pay_cs_1")
    lists(paying, Outcome.PAID)
    lists(paying, Outcome.REFUNDED, returned=5000)
    says(paying)

    [difference] = compare(paying).differences

    assert not difference.for_a_person
    assert says(paying) == ["payment.refunded"]
    assert compare(paying).differences == ()


def test_a_refund_that_the_gateway_took_back_is_for_a_person(paying: Paying) -> None:
    paying.begins()
    paying.told("paid", payment_id="pay_cs_1")
    paying.told("refunded", payment_id="pay_cs_1", amount_refunded=5000)
    lists(paying, Outcome.PAID)
    lists(paying, Outcome.REFUNDED, returned=4000)

    [difference] = compare(paying).for_a_person
    assert "less" in difference.words


def test_a_chargeback_whose_notice_was_lost_is_for_a_person(paying: Paying) -> None:
    paying.begins()
    paying.told("paid", payment_id="pay_cs_1")
    lists(paying, Outcome.PAID)
    lists(paying, Outcome.CHARGED_BACK, returned=12800, dispute="dp_1")

    [difference] = compare(paying).for_a_person
    assert "charged back" in difference.words
    assert compare(paying).differences == ()


@pytest.mark.parametrize(
    ("outcome", "said", "status"),
    [
        (Outcome.FAILED, ["payment.failed"], "failed"),
        (Outcome.PAID, ["payment.receipt"], "paid"),
    ],
)
def test_cash_that_is_awaited_too_long_is_asked_about(
    paying: Paying, outcome: Outcome, said: list[str], status: str
) -> None:
    paying.begins()
    paying.told("pending")
    paying.changes(update(checkouts).values(pay_by=seconds_from_now(-7200)))
    paying.gateway.standing["cs_1"] = outcome

    compare(paying)

    assert says(paying) == said
    assert paying.link().status == status
    assert paying.texting.says(HANAKO, "支払い") != ["payment.waiting"]


def test_cash_that_may_still_come_is_left_alone(paying: Paying) -> None:
    paying.begins()
    paying.told("pending")
    paying.changes(update(checkouts).values(pay_by=seconds_from_now(7200)))
    paying.gateway.standing["cs_1"] = Outcome.FAILED
    assert compare(paying).differences == ()
    assert paying.link().status == "pending"


def test_every_comparison_is_written_down(paying: Paying) -> None:
    paying.begins()
    lists(paying, Outcome.PAID)
    compare(paying)

    with paying.runtime.engine.begin() as connection:
        [row] = connection.execute(select(reconciliations))
    assert (row.gateway, row.listed, row.settled, row.differing) == ("local", 1, 1, 0)
    assert row.finished_at is not None


def due(paying: Paying) -> dict[str, object]:
    with paying.runtime.engine.begin() as connection:
        return dict(tonight(connection, paying.runtime))


def test_it_is_done_once_a_night_and_reaches_over_the_last_one(paying: Paying) -> None:
    first = tonight_of(paying)
    run(paying.runtime, first)
    assert due(paying) == {}

    paying.changes(update(reconciliations).values(night=first["local"][1] - timedelta(days=1)))
    since, night = tonight_of(paying)["local"]

    assert night == first["local"][1]
    assert timedelta(hours=23) < datetime.now(UTC) - since < timedelta(hours=25)


def tonight_of(paying: Paying) -> dict[str, tuple[datetime, object]]:
    found = due(paying)
    assert set(found) == {"local"}
    return found  # type: ignore[return-value]


def test_the_night_begins_at_half_past_three_in_japan(paying: Paying) -> None:
    now = datetime.now(TOKYO)
    night = now.date() if now.time() >= AT else now.date() - timedelta(days=1)
    assert tonight_of(paying)["local"][1] == night


def test_a_gateway_that_is_away_is_asked_again(paying: Paying) -> None:
    paying.begins()
    paying.told("paid")
    paying.gateway.is_away = True
    run(paying.runtime, due(paying))  # type: ignore[arg-type]
    assert set(due(paying)) == {"local"}


def test_the_clock_starts_it_once_beside_its_other_work(paying: Paying) -> None:
    paying.begins()
    lists(paying, Outcome.PAID)
    nightly = Nightly()

    nightly.start_if_due(paying.runtime)
    first = nightly.thread
    nightly.start_if_due(paying.runtime)

    assert nightly.thread is first
    first.join(timeout=20)
    assert due(paying) == {}
    assert says(paying) == ["payment.receipt"]

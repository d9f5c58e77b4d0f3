"""The timeline and the funnel by API: for whom we know, in the shape that the document tells."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.runtime import Runtime
from tests.api.calling import Calling, refused
from tests.paying import HANAKO, Paying

STEPS = ["link_made", "queued", "sent", "opened", "verified", "viewed", "started"]


@pytest.fixture
def paying(runtime: Runtime) -> Paying:
    paying = Paying.at(runtime)
    paying.is_customer()
    paying.gets_link()
    return paying


def told(calling: Calling, **body: Any) -> dict[str, Any]:
    answer = calling.posts("/payments/timeline", {"customer_number": "10001234", **body})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_every_step_is_told_with_its_time(paying: Paying, calling: Calling) -> None:
    paying.answers()
    paying.opens()
    paying.taps_pay()

    found = told(calling)

    assert [step["step"] for step in found["steps"]] == STEPS
    assert found["more"] is False
    assert found["steps"][-1] == {
        "at": found["steps"][-1]["at"],
        "step": "started",
        "link": paying.link().id,
        "message": None,
        "amount_minor": 12800,
        "currency": "JPY",
        "detail": "local",
    }
    since = found["steps"][4]["at"]
    assert [step["step"] for step in told(calling, since=since)["steps"]] == STEPS[4:]
    assert told(calling, customer_number="１０００１２３４") == found


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"customer_number": "99990000"}, 404, "There is no such customer number."),
        ({"customer_number": "abc"}, 422, "customer_number: This is not a customer number."),
        ({"customer_number": "10001234", "since": "2026-12-01"}, 422, "since: "),
        ({"customer_number": "10001234", "since": "2026-12-01T00:00:00"}, 422, "since: "),
        ({}, 422, "customer_number: Field required"),
    ],
)
def test_what_cannot_be_told_is_refused(
    calling: Calling, body: dict[str, str], status: int, words: str
) -> None:
    code, detail = refused(calling.posts("/payments/timeline", body))

    assert code == status
    assert detail.startswith(words)
    assert "99990000" not in detail


def test_a_moment_without_time_zone_is_refused_and_the_future_is_empty(
    paying: Paying, calling: Calling
) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    assert told(calling, since=later.isoformat())["steps"] == []


def test_the_funnel_of_some_days_is_told(paying: Paying, calling: Calling) -> None:
    paying.answers()
    days = {"first_day": "2020-01-01", "last_day": "2099-12-31"}

    assert calling.posts("/payments/funnel", days).get_json() == {
        "scripts": [
            {
                "script_key": "payment.link",
                "language": "ja",
                "sent": 1,
                "delivered": 0,
                "opened": 1,
                "verified": 1,
                "started": 0,
                "paid": 0,
            }
        ]
    }
    assert HANAKO not in calling.posts("/payments/funnel", days).text


def test_days_in_the_wrong_order_are_refused(calling: Calling) -> None:
    days = {"first_day": "2026-12-31", "last_day": "2026-12-01"}
    answer = refused(calling.posts("/payments/funnel", days))
    assert answer == (422, "The last day lies before the first.")

"""The registry of senders by API: for keys that administer it, and with the same refusals."""

import pytest

from bot.runtime import Runtime
from tests.api.calling import Calling, refused

SECOND = "+815000000002"
LEGAL = {"legal_name": "例示商会株式会社", "support_phone": "0120-000-000"}
ACTS = ("/senders", "/senders/change", "/senders/enable", "/senders/retire")


@pytest.fixture
def admin(runtime: Runtime) -> Calling:
    """A console of the company's own, whose key administers the registry."""
    calling = Calling.at(runtime)
    calling.key = calling.gets_key("console", administers=True)
    return calling


def registered(calling: Calling) -> dict[str, str]:
    """The state of every sender, by number."""
    told = calling.gets("/senders").get_json()
    return {one["number"]: one["state"] for one in told["senders"]}


def test_a_sender_is_registered_changed_enabled_and_retired(admin: Calling) -> None:
    new = {"number": "050-0000-0002", "route": "international", "displays": {"au": "12345"}}
    made = admin.posts("/senders", new, headers={"Idempotency-Key": "one"})
    again = admin.posts("/senders", new, headers={"Idempotency-Key": "one"})
    assert (made.status_code, again.status_code, again.get_json()) == (201, 201, made.get_json())
    told = made.get_json()
    assert (told["number"], told["state"], told["route"]) == (SECOND, "registered", "international")
    assert told["displays"] == {"au": "12345"}
    assert told["webhook"] == "https://sms.example.com/webhooks/twilio/messages"
    assert told["ways_to_stop"] == ["reply", "link", "telephone"]

    status, detail = refused(admin.posts("/senders/enable", {"number": SECOND}))
    assert (status, "has no legal name" in detail) == (422, True)
    assert admin.posts("/senders/change", {"number": SECOND, **LEGAL}).status_code == 200
    assert admin.posts("/senders/enable", {"number": SECOND}).get_json()["state"] == "enabled"
    assert registered(admin)[SECOND] == "enabled"
    retired = admin.posts("/senders/retire", {"number": SECOND}).get_json()
    assert (retired["state"], retired["retired_at"] is None) == ("retired", False)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ja,en;q=0.5", "送信者名（英字）は、だれでも名乗れるうえ、ご返信も届きません。"),
        ("en", "MYBRAND is a name: anybody can send under it"),
        ("", "MYBRAND is a name: anybody can send under it"),
    ],
)
def test_a_name_is_refused_with_the_reason_in_the_callers_language(
    admin: Calling, language: str, expected: str
) -> None:
    headers = {"Accept-Language": language}
    answer = admin.posts("/senders", {"number": "MYBRAND"}, headers=headers)

    status, detail = refused(answer)
    assert status == 422
    assert detail.startswith(expected)
    assert answer.get_json()["errors"][0]["field"] == "number"
    assert "MYBRAND" not in registered(admin)


def test_an_administrator_may_override_and_the_registry_keeps_who_and_why(admin: Calling) -> None:
    why = "the carrier of that country takes nothing else"
    told = admin.posts("/senders", {"number": "MYBRAND", "override_reason": why}).get_json()

    assert (told["override_reason"], told["override_by"]) == (why, "api:console")
    assert (told["inbound"], told["webhook"]) == ("drop", None)
    assert told["ways_to_stop"] == ["link", "telephone"]


REFUSED = [
    ({"number": "12345", "override_reason": "we like it"}, "number"),
    ({"number": "名前", "override_reason": "we like it"}, "number"),
    ({"number": "MYBRAND", "override_reason": "   "}, "number"),
    ({"number": "MYBRAND", "override_reason": "why", "inbound": "on"}, "number"),
    ({"number": SECOND, "brand": "x" * 21}, "number"),
    ({"number": SECOND, "displays": {"docomo2": "1"}}, "number"),
    ({"number": SECOND, "link_domains": ["https://x.jp"]}, "number"),
    ({"number": "+815000000001"}, "number"),
    ({"number": SECOND, "route": "by air"}, "route"),
    ({"number": SECOND, "legal_name": "x\r\nX-Header: 1"}, "legal_name"),
    ({"number": SECOND, "enabled_at": "2026-01-01"}, "enabled_at"),
    ({"number": "x" * 500}, "number"),
    ({}, "number"),
]


@pytest.mark.parametrize(("body", "field"), REFUSED, ids=str)
def test_what_cannot_be_registered_is_refused_by_field(
    refusing: Calling, body: dict[str, object], field: str
) -> None:
    before = registered(refusing)
    if "console" not in refusing.others:
        refusing.others["console"] = refusing.gets_key("console", administers=True)
    key = {"Authorization": f"Bearer {refusing.others['console']}"}
    answer = refusing.posts("/senders", body, given=key)

    assert refused(answer)[0] == 422
    assert [one["field"] for one in answer.get_json()["errors"]] == [field]
    assert registered(refusing) == before


@pytest.mark.parametrize("path", ACTS)
def test_a_key_that_does_not_administer_reads_only(calling: Calling, path: str) -> None:
    status, detail = refused(calling.posts(path, {"number": SECOND, "brand": "店"}))

    assert (status, "does not administer" in detail) == (403, True)
    assert registered(calling) == {"+815000000001": "enabled"}


def test_a_sender_that_nobody_registered_cannot_be_changed(admin: Calling) -> None:
    for path in ACTS[1:]:
        status, detail = refused(
            admin.posts(
                path, {"number": SECOND, "brand": "店"} if path == ACTS[1] else {"number": SECOND}
            )
        )
        assert (status, f"{SECOND} is not registered" in detail) == (422, True)

"""Campaigns by API: made, filled, started after a person's approval, followed and stopped."""

from typing import Any

import pytest

from bot.campaigns import moving
from bot.store.session import transact
from tests.api.calling import Calling, refused
from tests.campaigns.conftest import crowd
from tests.campaigns.crowd import Crowd, customer_number, number
from tests.people import OURS

__all__ = ["crowd"]
DECEMBER = {
    "name": "december",
    "kind": "dunning",
    "purpose": "billing",
    "script_key": "campaign.reminder",
    "sender": OURS,
}


def done(calling: Calling, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = calling.posts(f"/campaigns{path}", body)
    assert answer.status_code in {200, 201}, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


def test_a_campaign_is_sent_once_a_person_has_approved_it(crowd: Crowd, calling: Calling) -> None:
    crowd.gathers(3)
    crowd.are_on_hold(range(3, 4))
    this = {"campaign": "december"}
    assert done(calling, "", {**DECEMBER, "questions": ["phone"]})["state"] == "draft"
    numbers = [customer_number(index) for index in (1, 2, 3, 9)]
    assert done(calling, "/people", {**this, "customer_numbers": numbers}) == {
        "added": 3,
        "known": 0,
        "refused": [{"line": 4, "detail": "there is no such customer number"}],
    }
    status, words = refused(calling.posts("/campaigns/start", this))
    assert (status, "not approved" in words) == (409, True)

    transact(crowd.runtime.engine, lambda it: moving.approve(it, "december", "staff:suzuki"))
    assert done(calling, "/start", this)["state"] == "sending"
    crowd.queues()
    crowd.texting.sends()

    assert crowd.got() == {number(1): 1, number(2): 1}
    told = done(calling, "/progress", this)
    assert (told["state"], told["messages"]) == ("finished", {"sent": 2})
    assert told["people"] == {"queued": 2, "left_out": 1}
    assert (told["put_off"], told["next_turn"]) == (0, None)
    [funnel] = calling.posts("/payments/funnel", this).get_json()["scripts"]
    assert (funnel["script_key"], funnel["sent"]) == ("campaign.reminder", 2)
    assert done(calling, "/stop", {**this, "reason": "a typo"})["state"] == "stopped"
    [listed] = calling.gets("/campaigns").get_json()["campaigns"]
    assert (listed["name"], listed["state"], listed["people"]) == ("december", "stopped", 3)


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/campaigns", {**DECEMBER, "kind": "party"}, 422, "kind: "),
        ("/campaigns", {**DECEMBER, "questions": ["shoe_size"]}, 422, "questions.0: "),
        ("/campaigns", {**DECEMBER, "link_hours": 0}, 422, "link_hours: "),
        ("/campaigns", {**DECEMBER, "text_policy": "tiny"}, 422, "text_policy: "),
        ("/campaigns", {**DECEMBER, "text_policy": "short"}, 409, "campaign.reminder has "),
        ("/campaigns", {**DECEMBER, "message_ja": "長" * 2001}, 422, "message_ja: "),
        (
            "/campaigns",
            {**DECEMBER, "message_en": "{url}"},
            409,
            "The message in English cannot be kept",
        ),
        ("/campaigns", {**DECEMBER, "script_key": "common.help"}, 409, "common.help is no text"),
        ("/campaigns", {**DECEMBER, "sender": "+815000000099"}, 422, "+815000000099 is not"),
        ("/campaigns/progress", {"campaign": "may"}, 409, "There is no campaign may"),
        ("/campaigns/approve", {"campaign": "may"}, 404, ""),
        ("/payments/funnel", {"campaign": "may"}, 409, "There is no campaign may"),
        ("/payments/funnel", {"campaign": "may", "first_day": "2026-12-01"}, 422, "A campaign is"),
        ("/payments/funnel", {"first_day": "2026-12-01"}, 422, "Tell first_day and last_day"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(
    calling: Calling, path: str, body: dict[str, Any], status: int, words: str
) -> None:
    code, detail = refused(calling.posts(path, body))

    assert code == status
    assert detail.startswith(words)


def test_a_notice_with_a_message_for_its_page_is_made(crowd: Crowd, calling: Calling) -> None:
    page = {"text_policy": "short", "message_ja": "移転します。\n\n例示商会", "message_en": ""}
    news = {**DECEMBER, "kind": "notice", "script_key": "campaign.notice_on_page", **page}

    assert done(calling, "", news)["state"] == "draft"
    kept = crowd.campaign("december")
    assert (kept.text_policy, kept.message_ja) == ("short", page["message_ja"])


def test_people_whom_nobody_knows_are_refused_together(crowd: Crowd, calling: Calling) -> None:
    done(calling, "", DECEMBER)
    body = {"campaign": "december", "customer_numbers": ["99990000"]}

    status, words = refused(calling.posts("/campaigns/people", body))

    assert (status, "Not one" in words) == (422, True)

"""What a company's system may do: record, stop, look up; and that only the person starts."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from bot.app import create_app
from bot.compliance import opt_out_links
from bot.compliance.ledger import Method
from bot.errors import Unreachable
from bot.messaging.consent import orders
from bot.messaging.consent.orders import Order
from bot.providers import NumberStatus
from bot.store.columns import seconds_from_now
from bot.store.tables import api_requests, conversations, opt_outs
from tests.api.calling import HANAKO, Calling, refused
from tests.cli.commands import henji
from tests.messaging.campaign import people, queue
from tests.messaging.test_look_ups import knowing

PURPOSES = ["billing", "promotions"]
WRITTEN = "090-0000-0001"


@pytest.mark.parametrize(
    "method", ["web", "verbal", "paper", "store", "event", "ivr", "app", "api"]
)
def test_every_way_in_is_recorded_with_its_proof_and_its_actor(
    calling: Calling, method: str
) -> None:
    answer = calling.posts(
        "/consents",
        {
            "number": WRITTEN,
            "purposes": PURPOSES,
            "method": method,
            "basis": "paper",
            "obtained_on": "2026-04-01",
            "evidence": {"kind": "deemed", "file_sha256": "ab" * 32, "name": "山田 花子"},
        },
    )

    assert answer.status_code == 201
    assert answer.get_json() == {
        "number": "+8190****0001",
        "purposes": [{"purpose": key, "state": "granted"} for key in PURPOSES],
    }
    assert [
        (entry.consent, entry.purpose, entry.method, entry.actor, entry.basis)
        for entry in calling.entries()
    ] == [("granted", key, method, "api:crm", "paper") for key in PURPOSES]


def test_a_refusal_is_recorded_too(calling: Calling) -> None:
    body = {"number": HANAKO, "purposes": ["promotions"], "answer": "refused"}

    assert calling.posts("/consents", body).get_json()["purposes"][0]["state"] == "refused"
    earlier = {**body, "answer": "granted", "obtained_on": "2026-04-01"}
    status, sentence = refused(calling.posts("/consents", earlier))
    assert (status, sentence.split(";")[0]) == (409, "They refused or stopped on that day or later")


def test_no_request_starts_what_the_person_stopped(calling: Calling) -> None:
    calling.texting.says(HANAKO, "配信停止")
    body = {"number": HANAKO, "purposes": PURPOSES}
    status, sentence = refused(calling.posts("/consents", body))

    assert (status, sentence.split(",")[0]) == (409, "They stopped messages")
    assert len(calling.entries()) == 1
    calling.texting.says(HANAKO, "配信開始")
    assert calling.posts("/consents", body).status_code == 201


def test_a_stop_takes_back_what_waits_and_is_obeyed(calling: Calling) -> None:
    with calling.runtime.engine.begin() as connection:
        queue(connection, people(connection, [HANAKO])[0])
    answer = calling.posts("/opt-outs", {"number": WRITTEN, "evidence": {"note": "button"}})
    calling.texting.sends()

    assert (answer.status_code, answer.get_json()) == (
        201,
        {"number": "+8190****0001", "purpose": None, "state": "stopped"},
    )
    assert calling.texting.new_keys() == []
    assert calling.texting.says(HANAKO, "残高") == []


def test_every_route_writes_the_same_stop_but_for_its_method(
    calling: Calling, environment: dict[str, str]
) -> None:
    numbers = [f"+81900000000{digit}" for digit in range(1, 5)]
    for number in numbers:
        calling.texting.says(number, "配信開始")
    calling.texting.says(numbers[0], "配信停止")
    with calling.runtime.engine.begin() as connection:
        token = opt_out_links.create(connection, 2)
    orders.stop_by_link(calling.runtime, token, Order(Method.WEB, "person", "page /o/"))
    calling.posts("/opt-outs", {"number": numbers[2]})
    why = ("--by", "sato", "--reason", "asked")
    henji("consent", "stop", numbers[3], *why, environment=environment)

    with calling.runtime.engine.begin() as connection:
        rows = connection.execute(select(opt_outs).order_by(opt_outs.c.id)).all()
        states = connection.execute(select(conversations.c.consent)).scalars().all()
    assert {(row.sender_id, row.scope, row.purpose, row.lifted_at) for row in rows} == {
        (None, "all", None, None)
    }
    assert [row.method for row in rows] == ["sms", "web", "api", "verbal"]
    assert states == ["stopped"] * 4


def test_a_number_is_looked_up_and_nothing_is_written(calling: Calling) -> None:
    nothing = {
        "number": "+8190****0001",
        "stopped": False,
        "consents": [],
        "stops": [],
        "holds": [],
    }
    assert calling.posts("/numbers/status", {"number": WRITTEN}).get_json() == nothing
    calling.posts("/consents", {"number": HANAKO, "purposes": PURPOSES, "method": "paper"})
    for text in ("来月末に払います", "広告だけ停止"):
        calling.texting.says(HANAKO, text)
    told = calling.posts("/numbers/status", {"number": WRITTEN}).get_json()

    assert [(one["purpose"], one["state"]) for one in told["consents"]] == [
        ("billing", "granted"),
        ("promotions", "stopped"),
    ]
    assert told["consents"][0]["why"]["actor"] == "api:crm"
    assert told["consents"][1]["why"]["rule"] == "keyword stop promotions"
    assert [(one["purpose"], one["method"]) for one in told["stops"]] == [("promotions", "sms")]
    assert [one["kind"] for one in told["holds"]] == ["promise"]
    assert told["stopped"] is False


def test_why_a_message_was_not_sent_is_told(calling: Calling) -> None:
    with calling.runtime.engine.begin() as connection:
        message = queue(connection, people(connection, [HANAKO], consent="refused")[0])
    waits = calling.gets(f"/messages/{message}/verdict").get_json()
    calling.texting.sends()
    told = calling.gets(f"/messages/{message}/verdict").get_json()

    assert (waits["verdict"], waits["reasons"]) == (None, [])
    assert (told["message_class"], told["purpose"]) == ("reminder", "billing")
    assert (told["status"], told["verdict"]) == ("canceled", "blocked")
    assert told["reasons"][0]["words"] == "no consent to billing: it is refused"


def test_the_same_request_under_the_same_key_is_carried_out_once(calling: Calling) -> None:
    body = {"number": HANAKO, "purposes": ["billing"]}
    again = {"headers": {"Idempotency-Key": "order-12"}}
    answers = [calling.posts("/consents", body, **again) for _ in range(3)]

    assert {(answer.status_code, answer.text) for answer in answers} == {(201, answers[0].text)}
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers] == [
        None,
        "true",
        "true",
    ]
    assert len(calling.entries()) == 1
    other = {**body, "answer": "refused"}
    assert refused(calling.posts("/consents", other, **again))[0] == 422
    assert refused(calling.posts("/opt-outs", {"number": HANAKO}, **again))[0] == 422
    assert calling.posts("/consents", body).status_code == 201
    assert len(calling.entries()) == 2


def test_the_keys_of_two_callers_are_their_own(calling: Calling) -> None:
    again = {"headers": {"Idempotency-Key": "1"}}
    calling.posts("/opt-outs", {"number": HANAKO}, **again)
    calling.key = calling.gets_key("erp")

    assert calling.posts("/opt-outs", {"number": "+819000000002"}, **again).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_a_key_that_cannot_be_kept_is_refused(calling: Calling, key: str) -> None:
    answer = calling.posts("/opt-outs", {"number": HANAKO}, headers={"Idempotency-Key": key})

    assert refused(answer)[0] == 400
    assert calling.entries() == []


def test_what_was_refused_may_be_tried_again_under_its_key(calling: Calling) -> None:
    body, again = {"number": HANAKO, "purposes": ["billing"]}, {"Idempotency-Key": "1"}
    calling.texting.says(HANAKO, "配信停止")
    assert calling.posts("/consents", body, headers=again).status_code == 409
    calling.texting.says(HANAKO, "配信開始")

    assert calling.posts("/consents", body, headers=again).status_code == 201


def test_many_at_the_same_instant_are_carried_out_once(calling: Calling) -> None:
    def post(_: int) -> tuple[int, str]:
        client = calling.client.application.test_client()
        mine = Calling(calling.runtime, client, calling.key, calling.texting)
        body = {"number": HANAKO, "purposes": ["billing"]}
        answer = mine.posts("/consents", body, headers={"Idempotency-Key": "one"})
        return answer.status_code, answer.text

    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(post, range(12)))

    assert len(answers) == 1
    assert len(calling.entries()) == 1


def test_answers_are_forgotten_after_a_day(calling: Calling) -> None:
    again = {"headers": {"Idempotency-Key": "1"}}
    calling.posts("/opt-outs", {"number": HANAKO}, **again)
    with calling.runtime.engine.begin() as connection:
        connection.execute(update(api_requests).values(created_at=seconds_from_now(-25 * 3600)))

    assert (
        "Idempotent-Replayed" not in calling.posts("/opt-outs", {"number": HANAKO}, **again).headers
    )
    with calling.runtime.engine.begin() as connection:
        assert len(connection.execute(select(api_requests)).all()) == 1


def test_a_number_is_looked_up_and_the_answer_holds_it(calling: Calling) -> None:
    register = knowing(calling.texting, NumberStatus("landline", takes_texts=False))
    calling = Calling(
        calling.texting.runtime,
        create_app(calling.texting.runtime).test_client(),
        calling.key,
        calling.texting,
    )
    once = {"Idempotency-Key": "one"}
    told = calling.posts("/numbers/check", {"number": "090-0000-0001"}, headers=once)
    again = calling.posts("/numbers/check", {"number": "090-0000-0001"}, headers=once)

    # What is repeated is not paid for again.
    assert (again.get_json(), len(register.asked)) == (told.get_json(), 1)
    assert (told.status_code, told.get_json()) == (
        200,
        {
            "number": "+8190****0001",
            "line": "landline",
            "reassigned": None,
            "held": "no_texts",
        },
    )
    assert calling.posts("/numbers/status", {"number": HANAKO}).get_json()["holds"][0]["rule"] == (
        "twilio says: the line is of the kind landline"
    )
    register.known.append(Unreachable("the provider cannot be reached"))
    assert refused(calling.posts("/numbers/check", {"number": HANAKO})) == (
        502,
        "the provider cannot be reached",
    )


def test_no_number_is_looked_up_unless_that_is_switched_on(calling: Calling) -> None:
    status, detail = refused(calling.posts("/numbers/check", {"number": HANAKO}))

    assert status == 409
    assert "HENJI_NUMBER_LOOKUP" in detail

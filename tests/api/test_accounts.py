"""Accounts by API: put as a customer file puts them, told of row by row, and removed."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from api.keys import fingerprint
from bot.billing import accounts, answers, invoices
from bot.billing.customer_file import CustomerFile
from bot.billing.customers import Imported
from bot.billing.questions import read
from bot.dialogue.turn import Account
from bot.messaging.debts import import_file
from bot.runtime import Runtime
from bot.setting_types import Question
from bot.store.tables import accounts as accounts_table
from bot.store.tables import api_keys, api_requests, identity_answers
from tests.api.calling import HANAKO, NETWORKS, Calling, refused
from tests.billing.files import EMILY, csv_of
from tests.billing.files import HANAKO as HANAKO_ROW
from tests.paying import Paying

ACCOUNT: dict[str, Any] = {
    "phone": "090-0000-0001",
    "customer_number": "1000-1234",
    "name": "山田 花子",
    "language": "ja",
    "amount_due": "12,800",
    "due_date": "2026-12-25",
}
TODAY = date(2026, 12, 1)
OWED = {"amount_due": 12800}
NOBODY = {"recorded": 0, "known": 0, "withdrawn": 0, "stopped": 0, "without_basis": 0}


@pytest.fixture
def calling(calling: Calling) -> Calling:
    """The company's books, whose key may change what people owe."""
    calling.others["crm"] = calling.key
    calling.key = calling.gets_key("books", writes_accounts=True)
    return calling


@pytest.fixture(scope="module")
def refusing(refusing: Calling) -> Calling:
    """The same on a database of which nothing changes."""
    refusing.key = refusing.gets_key("books", writes_accounts=True)
    return refusing


def put(calling: Calling, *told: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = calling.posts("/accounts", {"accounts": list(told), **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def counted(told: dict[str, Any]) -> list[int]:
    return [told["added"], told["changed"], told["unchanged"], len(told["refused"])]


def stored(runtime: Runtime, number: str = HANAKO) -> tuple[Account, ...]:
    with runtime.engine.begin() as connection:
        return accounts.of_number(connection, runtime.vault, number)


def proves(runtime: Runtime, question: Question, answer: str) -> bool:
    with runtime.engine.begin() as connection:
        return bool(answers.proved(connection, runtime.vault, [1], {question: answer}))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/accounts", {"accounts": [ACCOUNT]}),
        ("/accounts/remove", {"customer_numbers": ["1000-1234"]}),
    ],
)
def test_a_key_without_the_right_to_it_changes_no_account(
    runtime: Runtime, calling: Calling, path: str, body: dict[str, Any]
) -> None:
    put(calling, ACCOUNT)
    before = stored(runtime)
    calling.key = calling.others["crm"]

    answer = calling.posts(path, body)

    assert answer.status_code == 403
    assert "henji api-keys add --accounts" in answer.text
    assert stored(runtime) == before


def test_a_key_of_before_there_was_that_right_goes_on(runtime: Runtime, calling: Calling) -> None:
    with runtime.engine.begin() as connection:
        old = {"name": "old", "signed": False, "fingerprint": fingerprint("henji_old")}
        connection.execute(insert(api_keys).values(**old, allow=[*NETWORKS]))
    calling.key = "henji_old"

    assert counted(put(calling, ACCOUNT)) == [1, 0, 0, 0]


def test_a_file_and_the_api_say_the_same(runtime: Runtime, calling: Calling) -> None:
    file = CustomerFile(csv_of(HANAKO_ROW, EMILY))
    import_file(runtime.engine, runtime.vault, file)
    emily = {"phone": "+1 202 555 0123", "customer_number": "２０００‐4321", "name": "Emily Carter"}
    money = {"language": "en", "amount_due": "45.50", "currency": "USD", "due_date": "2026/12/28"}

    assert counted(put(calling, ACCOUNT, {**emily, **money})) == [0, 0, 2, 0]
    assert counted(put(calling, {**ACCOUNT, "amount_due": 0})) == [0, 1, 0, 0]
    again = CustomerFile(csv_of(HANAKO_ROW, EMILY))
    assert import_file(runtime.engine, runtime.vault, again) == Imported(changed=1, unchanged=1)


def test_an_account_that_was_put_can_be_asked_for_and_paid(runtime: Runtime) -> None:
    paying = Paying.at(runtime)
    calling = Calling.at(paying.runtime)
    calling.key = calling.gets_key("books", writes_accounts=True)
    november = {"invoice_number": "2026-11", "amount_due": 5000, "due_date": "2026-11-30"}
    december = {"invoice_number": "2026-12", "amount_due": "7,800", "due_date": "2026-12-25"}
    several = {**ACCOUNT, "invoices": [december, november]}
    del several["amount_due"], several["due_date"]

    told = put(calling, {**several, "answers": {"birth_date": "昭和55年1月5日"}})

    assert told == {
        **{"added": 1, "changed": 0, "unchanged": 0, "paid": 0, "refused": []},
        "consent": NOBODY,
    }
    assert proves(runtime, Question.BIRTH_DATE, read(Question.BIRTH_DATE, "1980/1/5", TODAY) or "")
    paying.gets_link()
    paying.answers()
    assert all(part in paying.opens().text for part in ("12,800円", "2026-11", "7,800円"))
    paying.taps_pay()
    paying.told("paid")
    with runtime.engine.begin() as connection:
        assert invoices.of_account(connection, 1) == []


BAD = [
    ({"phone": "090"}, "phone is not a telephone number"),
    ({"customer_number": "12"}, "customer_number must be 4 to 64 characters"),
    ({"amount_due": "-1"}, "amount_due must be an amount"),
    ({"amount_due": -1}, "amount_due must be an amount"),
    ({"amount_due": "1.5"}, "amount_due has more decimals than JPY has (0)"),
    ({"currency": "XXX"}, "currency must be a code"),
    ({"due_date": "soon"}, "due_date must be a day"),
    ({"language": "fr"}, "language must be ja, en or empty"),
    ({"answers": {"birth_date": "himitsu"}}, "birth_date cannot be read"),
    ({"consent": {"purposes": ["gossip"]}}, "consent_purposes must name purposes of ours"),
    ({"consent": {"purposes": ["billing"], "basis": "hearsay"}}, "consent_basis must be one of"),
    (
        {"consent": {"purposes": ["billing"], "basis": "paper", "obtained_on": "2099-01-01"}},
        "consent_date lies in the future",
    ),
    ({"customer_number": "1000-9999"}, "customer_number stands on line 1 already"),
    ({"invoices": [{"invoice_number": " ", **OWED}]}, "invoice_number is missing"),
    ({"invoices": [{"invoice_number": "1", **OWED}] * 2}, "invoice_number stands there twice"),
]


def test_bad_accounts_are_named_by_their_place_and_the_good_ones_come_in(
    calling: Calling,
) -> None:
    bad = [{**ACCOUNT, **change} for change, _ in BAD]
    for account in bad:
        if "invoices" in account:
            del account["amount_due"], account["due_date"]
    told = put(calling, {**ACCOUNT, "customer_number": "1000-9999"}, *bad)

    assert counted(told) == [1, 0, 0, len(BAD)]
    refusals = sorted(told["refused"], key=lambda one: int(one["line"]))
    for place, (refusal, (_, complaint)) in enumerate(zip(refusals, BAD, strict=True), start=2):
        assert refusal["line"] == place
        assert refusal["detail"].startswith(complaint)
    assert "himitsu" not in str(told)
    assert len(stored(calling.runtime)) == 1


def test_where_none_is_good_the_request_is_refused_and_nothing_changes(calling: Calling) -> None:
    body = {"accounts": [{**ACCOUNT, "phone": "090"}, {**ACCOUNT, "language": "fr"}]}
    answer = calling.posts("/accounts", body)

    assert refused(answer) == (422, "accounts.0: phone is not a telephone number")
    fields = [one["field"] for one in answer.get_json(force=True)["errors"]]
    assert fields == ["accounts.0", "accounts.1"]
    assert stored(calling.runtime) == ()


SHAPELESS = [
    ({"accounts": []}, "accounts"),
    ({"accounts": [ACCOUNT] * 101}, "accounts"),
    ({"accounts": [{**ACCOUNT, "amount_due": 12800.0}]}, "accounts.0.amount_due"),
    ({"accounts": [{**ACCOUNT, "amount_due": True}]}, "accounts.0.amount_due"),
    ({"accounts": [{**ACCOUNT, "amount_due": None}]}, "accounts.0"),
    ({"accounts": [{**ACCOUNT, "invoices": [{"invoice_number": "1", **OWED}]}]}, "accounts.0"),
    ({"accounts": [{**ACCOUNT, "answers": {"colour": "red"}}]}, "accounts.0.answers.colour"),
    ({"accounts": [{**ACCOUNT, "nmae": "x"}]}, "accounts.0.nmae"),
]


@pytest.mark.parametrize(("body", "where"), SHAPELESS, ids=lambda it: str(it)[:60])
def test_a_body_of_another_shape_is_refused_whole(
    refusing: Calling, body: dict[str, Any], where: str
) -> None:
    answer = refusing.posts("/accounts", body)

    assert refused(answer)[0] == 422
    assert answer.get_json(force=True)["errors"][0]["field"].startswith(where)
    assert stored(refusing.runtime) == ()


def test_a_hundred_accounts_with_all_they_may_say_go_in_one_request(calling: Calling) -> None:
    full = {
        **ACCOUNT,
        "answers": {"birth_date": "19800105", "name_kana": "ヤマダ ハナコ", "postcode": "1000001"},
        "consent": {"purposes": ["billing"], "basis": "paper", "obtained_on": "2026-04-01"},
    }
    several = [{**full, "customer_number": f"1000-{2000 + one}"} for one in range(100)]

    assert counted(put(calling, *several)) == [100, 0, 0, 0]
    assert counted(put(calling, *several)) == [0, 0, 100, 0]
    large = {"accounts": [{**ACCOUNT, "name": "x" * 500}] * 400}
    assert refused(calling.posts("/accounts", large))[0] == 413


def test_a_repeated_request_counts_once_and_its_answers_cannot_be_guessed_from_it(
    calling: Calling,
) -> None:
    body = {"accounts": [{**ACCOUNT, "answers": {"password": "himitsu"}}]}
    key = {"Idempotency-Key": "night-1"}
    first = calling.posts("/accounts", body, headers=key)
    put(calling, {**ACCOUNT, "amount_due": 0})
    second = calling.posts("/accounts", body, headers=key)

    assert (second.get_json(), second.headers["Idempotent-Replayed"]) == (first.get_json(), "true")
    assert [account.due.minor for account in stored(calling.runtime)] == [0]
    with calling.runtime.engine.begin() as connection:
        kept = connection.execute(select(api_requests)).one()
        assert "himitsu" not in str(kept)
        assert "himitsu" not in str(connection.execute(select(identity_answers)).all())


def test_consent_comes_under_a_basis_and_wins_over_no_stop(calling: Calling) -> None:
    held = {"purposes": ["billing"], "basis": "paper", "obtained_on": "2026-04-01"}
    emily = {**ACCOUNT, "phone": "+12025550123", "customer_number": "2000-4321"}
    unfounded = {**ACCOUNT, "phone": "090-0000-0003", "customer_number": "1000-3333"}
    calling.texting.says("+12025550123", "STOP")
    told = put(
        calling,
        {**ACCOUNT, "consent": held},
        {**emily, "consent": held},
        {**unfounded, "consent": {"purposes": ["billing"]}},
        evidence={"kind": "signature"},
    )

    assert told["consent"] == {**NOBODY, "recorded": 1, "stopped": 1, "without_basis": 1}
    entry = calling.entries()[-1]
    assert (entry.method, entry.actor, entry.basis) == ("import", "api:books", "paper")
    again = put(calling, {**ACCOUNT, "consent": held}, evidence={"kind": "signature"})
    assert again["consent"] == {**NOBODY, "known": 1}


def test_a_sender_that_is_not_ours_takes_no_account(calling: Calling) -> None:
    held = {"purposes": ["billing"], "basis": "paper"}
    body = {"accounts": [{**ACCOUNT, "consent": held}], "sender": "050-0000-0009"}

    assert refused(calling.posts("/accounts", body))[0] == 422
    assert stored(calling.runtime) == ()


def test_what_is_no_longer_due_is_removed_and_comes_back_when_it_is_put(calling: Calling) -> None:
    put(calling, {**ACCOUNT, "answers": {"password": "himitsu"}})
    body = {"customer_numbers": ["１０００‐１２３４", "9999-0000"]}

    told = calling.posts("/accounts/remove", body).get_json()

    unknown = [{"line": 2, "detail": "there is no such customer number"}]
    assert told == {"removed": 1, "gone": 0, "refused": unknown}
    assert stored(calling.runtime) == ()
    assert not proves(calling.runtime, Question.PASSWORD, "himitsu")
    with calling.runtime.engine.begin() as connection:
        row = connection.execute(select(accounts_table)).one()
        assert (row.due_minor, row.due_date) == (0, None)
        assert connection.execute(select(func.count()).select_from(identity_answers)).scalar() == 0

    assert calling.posts("/accounts/remove", body).get_json() == {**told, "removed": 0, "gone": 1}
    assert counted(put(calling, ACCOUNT)) == [0, 1, 0, 0]
    assert [account.due.minor for account in stored(calling.runtime)] == [12800]


def test_where_no_account_is_known_the_removal_is_refused(calling: Calling) -> None:
    answer = calling.posts("/accounts/remove", {"customer_numbers": ["9999-0000"]})

    assert refused(answer) == (422, "customer_numbers.0: there is no such customer number")
    answer = calling.posts("/accounts/remove", {"customer_numbers": ["none"]})
    assert refused(answer) == (422, "customer_numbers.0: This is not a customer number.")


def test_a_second_row_of_a_customer_must_tell_another_invoice(calling: Calling) -> None:
    def of(number: str, **more: Any) -> dict[str, Any]:
        account = {**ACCOUNT, "invoices": [{"invoice_number": number, **OWED}], **more}
        return {name: account[name] for name in account if name not in {"amount_due", "due_date"}}

    told = put(calling, of("1"), of("2"), of("1"), of("3", name="山田 華子"))

    assert [one["line"] for one in told["refused"]] == [3, 4]
    assert [account.due.minor for account in stored(calling.runtime)] == [25600]

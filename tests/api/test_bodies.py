"""What cannot be taken is refused with one shape and a sentence, and never a fault of ours."""

import io
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from bot.store.tables import metadata
from tests.api.calling import HANAKO, Calling, refused

CONSENT = {"number": HANAKO, "purposes": ["billing"]}
WRONG: list[tuple[str, object, str]] = [
    ("/consents", None, "body"),
    ("/consents", [], "body"),
    ("/consents", {"purposes": ["billing"]}, "number"),
    ("/consents", {"number": HANAKO}, "purposes"),
    ("/consents", {**CONSENT, "number": 819000000001}, "number"),
    ("/consents", {**CONSENT, "number": "9" * 70}, "number"),
    ("/consents", {**CONSENT, "number": "call me\x00"}, "number"),
    ("/consents", {**CONSENT, "purposes": []}, "purposes"),
    ("/consents", {**CONSENT, "purposes": ["gossip"]}, "purposes.0"),
    ("/consents", {**CONSENT, "purposes": "billing"}, "purposes"),
    ("/consents", {**CONSENT, "answer": "started"}, "answer"),
    ("/consents", {**CONSENT, "method": "sms"}, "method"),
    ("/consents", {**CONSENT, "method": "import"}, "method"),
    ("/consents", {**CONSENT, "basis": "hearsay"}, "basis"),
    ("/consents", {**CONSENT, "obtained_on": "2999-01-01"}, "obtained_on"),
    ("/consents", {**CONSENT, "obtained_on": 5}, "obtained_on"),
    ("/consents", {**CONSENT, "sender": "+815000000009"}, "sender"),
    ("/consents", {**CONSENT, "sender": "letters"}, "sender"),
    ("/consents", {**CONSENT, "sender": "0" * 65}, "sender"),
    ("/consents", {**CONSENT, "actor": "person"}, "actor"),
    ("/consents", {**CONSENT, "evidence": {"file_sha256": "AB"}}, "evidence.file_sha256"),
    ("/consents", {**CONSENT, "evidence": {"text": "a\nb"}}, "evidence.text"),
    ("/consents", {**CONSENT, "evidence": {"text": "x" * 501}}, "evidence.text"),
    ("/consents", {**CONSENT, "evidence": {"colour": "red"}}, "evidence.colour"),
    ("/opt-outs", {"number": HANAKO, "purpose": "gossip"}, "purpose"),
    ("/opt-outs", {"number": "+8190"}, "number"),
    ("/opt-outs", {"number": HANAKO, "start": True}, "start"),
    ("/numbers/status", {"number": ""}, "number"),
]


@pytest.mark.parametrize(("path", "body", "where"), WRONG, ids=str)
def test_a_field_that_cannot_be_taken_is_named_and_changes_nothing(
    refusing: Calling, path: str, body: object, where: str
) -> None:
    before = _everything(refusing)
    answer = refusing.posts(path, data=json.dumps(body), content_type="application/json")
    status, sentence = refused(answer)

    assert status == 422
    assert [problem["field"] for problem in answer.get_json(force=True)["errors"]] == [where]
    assert sentence
    assert "9999" not in answer.text
    assert _everything(refusing) == before


UNREADABLE = [
    (b"", "application/json", 400),
    (b"{", "application/json", 400),
    (b'{"number": "\\ud800", "purposes": ["billing"]}', "application/json", 400),
    (b"\xff\xfe", "application/json", 400),
    (b"[" * 5000, "application/json", 400),
    (b"{}", "text/plain", 415),
    (b"number=1", "application/x-www-form-urlencoded", 415),
    (b"{}", None, 415),
    (b'{"number": "' + b"1" * 16384 + b'"}', "application/json", 413),
]


@pytest.mark.parametrize(("body", "kind", "status"), UNREADABLE)
def test_a_body_that_cannot_be_read_is_refused(
    refusing: Calling, body: bytes, kind: str | None, status: int
) -> None:
    assert refused(refusing.posts("/consents", data=body, content_type=kind))[0] == status


def test_a_body_that_does_not_tell_its_length_is_measured(refusing: Calling) -> None:
    body = b'{"number": "+819000000001"}' + b" " * 20000
    answer = refusing.posts(
        "/opt-outs",
        input_stream=io.BytesIO(body),
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True},
    )

    words = "The body is too large: 16 KiB are the most, 128 KiB of accounts."
    assert refused(answer) == (413, words)


ELSEWHERE = [
    ("GET", "", 404),
    ("GET", "/", 404),
    ("GET", "/consents", 405),
    ("DELETE", "/opt-outs", 405),
    ("GET", "/messages/0/verdict", 404),
    ("GET", "/messages/4711/verdict", 404),
    ("GET", f"/messages/{10**30}/verdict", 404),
    ("GET", "/messages/-1/verdict", 404),
    ("GET", "/messages/one/verdict", 404),
    ("GET", "/../../etc/passwd", 404),
]


@pytest.mark.parametrize(("method", "path", "status"), ELSEWHERE)
def test_what_is_not_there_is_told_in_the_same_shape(
    refusing: Calling, method: str, path: str, status: int
) -> None:
    answer = refusing._calls(method, path)

    assert refused(answer)[0] == status
    assert status != 405 or "POST" in answer.headers["Allow"]


def test_the_database_away_is_told_so_that_the_caller_tries_again(calling: Calling) -> None:
    calling.runtime.engine.dispose()

    @event.listens_for(calling.runtime.engine, "do_connect")
    def away(*_: object) -> None:
        raise calling.runtime.engine.dialect.loaded_dbapi.OperationalError("gone")

    status, sentence = refused(calling.posts("/numbers/status", {"number": HANAKO}))
    event.remove(calling.runtime.engine, "do_connect", away)
    assert (status, sentence) == (503, "Nothing was changed; please try again in a moment.")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [
        "number",
        "purposes",
        "purpose",
        "answer",
        "method",
        "basis",
        "obtained_on",
        "evidence",
        "sender",
    ]
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(["/consents", "/opt-outs", "/numbers/status"]),
    st.dictionaries(FIELDS, JSON, max_size=5),
)
def test_no_body_is_a_fault_of_ours(refusing: Calling, path: str, body: dict[str, Any]) -> None:
    answer = refusing.posts(path, data=json.dumps(body), content_type="application/json")

    assert answer.status_code in {200, 201, 400, 413, 422, 429}


def _everything(calling: Calling) -> list[list[tuple[Any, ...]]]:
    with calling.runtime.engine.begin() as connection:
        tables = (table for table in metadata.sorted_tables if table.name != "api_keys")
        return [[tuple(row) for row in connection.execute(table.select())] for table in tables]

"""Who is let in: a key in use, from its networks, not too often; and whose word counts about it."""

import hashlib
import hmac
import time
from dataclasses import replace
from secrets import token_hex

import pytest
from sqlalchemy import select, update

from api import keys
from bot.app import create_app
from bot.runtime import Rest, impatient
from bot.store.session import transact
from bot.store.tables import api_keys
from tests.api.calling import FROM, HANAKO, Calling, refused

STATUS = "/numbers/status"
BODY = {"number": HANAKO}
NO_KEY = [
    {},
    {"Authorization": ""},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer henji_wrong"},
    {"Authorization": "Basic Y3JtOnNlY3JldA=="},
    {"Authorization": "Bearer \xff"},
    {"Authorization": "Henji-HMAC-SHA256 name=crm"},
    {"X-Api-Key": "henji_wrong"},
]
SIGNED_BODY = b'{"number": "+819000000001"}'


@pytest.mark.parametrize("given", NO_KEY, ids=str)
def test_without_a_key_that_is_in_use_nothing_is_told(
    refusing: Calling, given: dict[str, str]
) -> None:
    answer = refusing.posts(STATUS, BODY, given=given)

    assert refused(answer)[0] == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer, Henji-HMAC-SHA256"


def test_a_key_that_was_revoked_is_none(calling: Calling) -> None:
    assert calling.posts(STATUS, BODY).status_code == 200
    transact(calling.runtime.engine, lambda it: keys.revoke(it, "crm"))

    assert refused(calling.posts(STATUS, BODY))[0] == 401


ADDRESSES = [
    ("192.0.3.10", 403),
    ("127.0.0.1", 403),
    ("", 403),
    ("unix:", 403),
    ("2001:db8:1::7", 403),
    ("::ffff:192.0.3.10", 403),
    ("192.0.2.10", 200),
    ("2001:db8::7", 200),
    ("::ffff:192.0.2.10", 200),
]


@pytest.mark.parametrize(("address", "status"), ADDRESSES)
def test_a_key_is_taken_from_its_own_networks_only(
    refusing: Calling, address: str, status: int
) -> None:
    answer = refusing.posts(STATUS, BODY, address=address)

    assert answer.status_code == status
    assert status == 200 or "is not in the allow-list of this key" in refused(answer)[1]


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP"])
def test_nobody_is_believed_about_another_address(refusing: Calling, name: str) -> None:
    claims = {name: f"for={FROM}" if name == "Forwarded" else FROM}

    assert refusing.posts(STATUS, BODY, address="203.0.113.1", headers=claims).status_code == 403
    assert refusing.posts(STATUS, BODY, headers={name: "203.0.113.1"}).status_code == 200


PROXIED = [
    (1, "203.0.113.1", 403),
    (1, f"{FROM}, 203.0.113.1", 403),
    (1, FROM, 200),
    (1, f"203.0.113.1, {FROM}", 200),
    (2, FROM, 403),
    (2, f"203.0.113.1, {FROM}", 403),
    (2, f"{FROM}, 203.0.113.1", 200),
]


@pytest.mark.parametrize(("proxies", "forwarded", "status"), PROXIED)
def test_as_many_proxies_are_believed_as_are_set(
    refusing: Calling, proxies: int, forwarded: str, status: int
) -> None:
    settings = refusing.runtime.settings.model_copy(update={"HENJI_TRUSTED_PROXIES": proxies})
    client = create_app(replace(refusing.runtime, settings=settings)).test_client()
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Host": "evil.example.com"}

    proxied = replace(refusing, client=client)
    answer = proxied.posts(STATUS, BODY, address="10.0.0.1", headers=headers)
    assert answer.status_code == status


def test_a_key_without_networks_lets_nobody_in(calling: Calling) -> None:
    with calling.runtime.engine.begin() as connection:
        connection.execute(update(api_keys).values(allow=[]))

    assert refused(calling.posts(STATUS, BODY))[0] == 403


def test_too_many_requests_of_one_key_wait_for_a_minute(calling: Calling) -> None:
    settings = calling.runtime.settings.model_copy(update={"HENJI_API_PER_MINUTE": 2})
    runtime = replace(calling.runtime, settings=settings)
    calling.client = create_app(runtime).test_client()
    other = calling.gets_key("erp")
    answers = [calling.posts(STATUS, BODY) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert answers[-1].headers["Retry-After"] == "60"
    assert "2 requests a minute" in refused(answers[-1])[1]
    mine = {"Authorization": f"Bearer {other}"}
    assert calling.posts(STATUS, BODY, given=mine).status_code == 200


def test_while_redis_is_away_requests_are_answered(calling: Calling) -> None:
    nowhere = impatient("unix:///nowhere.sock")
    runtime = replace(calling.runtime, redis=nowhere, redis_rest=Rest())
    calling.client = create_app(runtime).test_client()

    assert [calling.posts(STATUS, BODY).status_code for _ in range(2)] == [200, 200]


def test_only_the_hash_of_a_key_is_kept_and_when_it_was_used(calling: Calling) -> None:
    calling.gets_key("site", signed=True)
    calling.posts(STATUS, BODY, address="203.0.113.1")
    with calling.runtime.engine.begin() as connection:
        unused = connection.execute(select(api_keys)).all()
    calling.posts(STATUS, BODY)
    with calling.runtime.engine.begin() as connection:
        rows = connection.execute(select(api_keys).order_by(api_keys.c.id)).all()

    assert calling.key not in str(rows)
    assert [row.last_used_at for row in unused] == [None, None]
    assert [row.last_used_at is None for row in rows] == [False, True]


def test_a_signed_request_needs_no_key_to_be_sent(calling: Calling) -> None:
    secret = calling.gets_key("site", signed=True)

    assert calling.signs(secret, "site", STATUS, SIGNED_BODY).status_code == 200
    assert calling.signs(secret, "site", "/opt-outs", SIGNED_BODY).status_code == 201
    assert [entry.actor for entry in calling.entries()] == ["api:site"]


def test_a_signature_is_made_as_the_documentation_tells(calling: Calling) -> None:
    secret, moment = calling.gets_key("site", signed=True), int(time.time())
    lines = f"{moment}\nPOST\n/api/v1/opt-outs\n{hashlib.sha256(SIGNED_BODY).hexdigest()}"
    v1 = hmac.new(secret.encode(), lines.encode(), "sha256").hexdigest()
    given = {"Authorization": f"Henji-HMAC-SHA256 name=site,t={moment},v1={v1}"}

    sent = {"data": SIGNED_BODY, "content_type": "application/json"}
    assert calling.posts("/opt-outs", given=given, **sent).status_code == 201


FORGED = [
    {"data": b'{"number": "+819000000002"}'},
    {"at": 0},
    {"at": 4102444800},
    {"query_string": "x=1"},
    {"name": "crm"},
    {"name": "nobody"},
    {"secret": "0" * 64},
]


@pytest.mark.parametrize("changed", FORGED, ids=str)
def test_what_was_not_signed_so_is_refused(refusing: Calling, changed: dict[str, object]) -> None:
    name = f"site-{token_hex(4)}"
    secret = refusing.gets_key(name, signed=True)
    call = {"secret": secret, "name": name, "path": "/opt-outs", "body": SIGNED_BODY, **changed}

    assert refused(refusing.signs(**call))[0] == 401  # type: ignore[arg-type]
    assert refusing.entries() == []


def test_a_signed_request_that_was_overheard_counts_once(calling: Calling) -> None:
    secret, now = calling.gets_key("site", signed=True), int(time.time())
    answers = [
        calling.signs(secret, "site", "/opt-outs", SIGNED_BODY, at=now - age) for age in (0, 0, 9)
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers] == [None, "true", None]
    assert len(calling.entries()) == 2


def test_a_key_that_signs_is_not_taken_as_a_bearer(calling: Calling) -> None:
    secret = calling.gets_key("site", signed=True)
    with calling.runtime.engine.begin() as connection:
        salts = connection.execute(select(api_keys.c.fingerprint)).scalars().all()

    for guess in (secret, *salts):
        given = {"Authorization": f"Bearer {guess}"}
        assert calling.posts(STATUS, BODY, given=given).status_code == 401

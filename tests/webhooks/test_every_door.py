"""What holds for the doors of every provider: forged, malformed and strange webhooks; statuses."""

import itertools
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Row, Table, func, select
from werkzeug.test import TestResponse

from bot.app import build_runtime, create_app, register_sender
from bot.messaging.reports.climb import Report, take
from bot.runtime import Runtime
from bot.settings import load
from bot.store.session import connect
from bot.store.tables import consent_events, delivery_reports, inbound_messages, outbound_messages
from tests.carrier import Carrier
from tests.cases import HANAKO, Case, Posted
from tests.cases.roll_call import CASES
from tests.messaging.locks import wait_for_a_lock
from tests.people import OURS, Texting


@dataclass
class House:
    """A whole runtime with the settings of one provider, and its web application."""

    case: Case
    runtime: Runtime
    client: FlaskClient

    def post(self, posted: Posted) -> TestResponse:
        """Post one webhook."""
        return self.client.post(posted.path, **posted.how)

    def says(self, body: str, sid: str = "sid-1", number: str = HANAKO) -> None:
        """Deliver one text, and send what is due."""
        assert self.post(self.case.text(number, body, sid)).status_code == 200
        Texting(self.runtime, self.client).sends()

    def rows(self, table: Table) -> list[Row[tuple[object, ...]]]:
        """Everything in a table, in order."""
        with self.runtime.engine.begin() as connection:
            return list(connection.execute(select(table).order_by(table.c.id)))

    def stored(self) -> int:
        """How many texts and statuses were kept."""
        with self.runtime.engine.begin() as connection:
            tables = (inbound_messages, delivery_reports)
            counts = [select(func.count()).select_from(table) for table in tables]
            return sum(connection.execute(count).scalar_one() for count in counts)


@pytest.fixture
def database_url(postgres_database: str) -> str:
    """PostgreSQL alone: it refuses more than SQLite does."""
    return postgres_database


@pytest.fixture(params=CASES, ids=[case.name for case in CASES])
def house(request: pytest.FixtureRequest, database_url: str, valkey_url: str) -> Iterator[House]:
    case: Case = request.param
    servers = {"DATABASE_URL": database_url, "REDIS_URL": valkey_url}
    carrier = Carrier()
    carrier.name = case.name
    settings = load(environment={**case.environment, **servers})
    runtime = replace(build_runtime(settings), provider=carrier)
    register_sender(runtime)
    yield House(case, runtime, create_app(runtime).test_client())
    runtime.redis.flushdb()
    runtime.redis.close()
    runtime.wire.close()
    runtime.engine.dispose()


@pytest.mark.parametrize("sid", ["sid-of-it", "sid-of-nobody"])
def test_the_same_status_at_two_processes_at_once_is_taken_by_both(house: House, sid: str) -> None:
    house.says("ヘルプ")
    (message,) = house.rows(outbound_messages)
    ours = message.id if sid == "sid-of-it" else 999
    told = house.case.status(ours, sid, "delivered", None)
    engine = connect(house.runtime.settings.DATABASE_URL)
    another = create_app(replace(house.runtime, engine=engine)).test_client()
    report = Report(ours, house.case.name, sid, "delivered", None)
    with ThreadPoolExecutor(1) as pool, house.runtime.engine.connect() as connection:
        with connection.begin():
            take(connection, house.runtime, report)
            waiting = pool.submit(another.post, told.path, **told.how)
            wait_for_a_lock(engine, waiting)
            assert not waiting.done()
        assert waiting.result().status_code in {200, 204}
    engine.dispose()

    (kept,) = house.rows(delivery_reports)
    assert (kept.provider_sid, kept.status, kept.times) == (sid, "delivered", 2)


def test_the_same_status_often_at_once_is_always_taken(house: House) -> None:
    house.says("ヘルプ")
    told = house.case.status(1, "sid-of-it", "delivered", None)
    engines = [connect(house.runtime.settings.DATABASE_URL) for _ in range(2)]
    apps = [create_app(replace(house.runtime, engine=engine)) for engine in engines]
    with ThreadPoolExecutor(8) as pool:
        posts = [pool.submit(app.test_client().post, told.path, **told.how) for app in apps * 12]
        assert {post.result().status_code for post in posts} <= {200, 204}
    for engine in engines:
        engine.dispose()

    assert [kept.times for kept in house.rows(delivery_reports)] == [24]


def test_a_text_is_kept_and_answered_once_however_often_it_comes(house: House) -> None:
    for _ in range(3):
        house.says("ヘルプ", "sid-1")

    (kept,) = house.rows(inbound_messages)
    assert (kept.provider, kept.provider_sid, kept.status) == (house.case.name, "sid-1", "answered")
    assert (kept.sender, kept.recipient, kept.body) == (HANAKO, OURS, "ヘルプ")
    assert len(house.rows(outbound_messages)) == 1


def test_what_is_not_signed_is_not_stored(house: House) -> None:
    for posted in (house.case.text(HANAKO, "残高", "1"), house.case.status(1, "1", "sent", None)):
        naked = {name: value for name, value in posted.how.items() if name != "headers"}

        assert house.client.post(posted.path, **naked).status_code == house.case.unsigned
    assert house.stored() == 0


def test_what_is_forged_is_refused_and_not_stored(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, forge in house.case.forgeries.items():
        assert house.post(forge()).status_code == 403, name
        said = "".join(capsys.readouterr())
        assert "webhook.refused" in said
        assert HANAKO not in said
        assert "残高" not in said
    assert house.stored() == 0


def test_what_lacks_something_is_malformed_and_not_stored(house: House) -> None:
    malformed = {**house.case.malformed, **house.case.malformed_statuses}
    for name, posted in malformed.items():
        assert house.post(posted).status_code == 400, name
    assert house.stored() == 0


BYTES = (b"\xff\xfe", b"[" * 100_000, b"\x00" * 9, b"")
KINDS = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data", "x")
CREDENTIALS = ("", "Bearer", "Bearer x", "Bearer é.\xff.x", "Basic eDp5", "Bearer a.b.c.d.e")


def test_bytes_of_nobody_are_refused(house: House) -> None:
    path = f"/webhooks/{house.case.name}/messages"
    for body, kind, said in itertools.product(BYTES, KINDS, CREDENTIALS):
        given = {"Authorization": said, "X-Twilio-Signature": said}
        answer = house.client.post(path, data=body, headers=given, content_type=kind)

        assert 400 <= answer.status_code < 500, (body[:9], kind, said)
    assert house.stored() == 0


def test_a_huge_body_is_refused(house: House) -> None:
    assert house.post(house.case.text(HANAKO, "x" * 5_000_000, "1")).status_code == 413
    assert house.stored() == 0


def test_a_get_is_not_a_text(house: House) -> None:
    assert 400 <= house.client.get(f"/webhooks/{house.case.name}/messages").status_code < 500


STRANGE_BODIES = (
    "",
    "残\x00高",
    "\u202eyap",
    "🙏" * 50,
    "あ" * 10_000,
    "{{ 7*7 }} {brand} %s ${x}",
    "'; DROP TABLE conversations; --",
)


def test_any_text_is_answered(house: House) -> None:
    for at, body in enumerate(STRANGE_BODIES):
        house.says(body, sid=f"sid-{at}", number=f"+81900000{at:04}")

    kept = [text.status for text in house.rows(inbound_messages)]
    assert kept == ["answered"] * len(STRANGE_BODIES)


def test_who_cannot_be_answered_is_kept_and_not_answered(house: House) -> None:
    for number in ("12345", "REIJI", "+266696687", "x" * 200):
        house.says("残高", sid=number[:9], number=number)

    assert {text.status for text in house.rows(inbound_messages)} == {"ignored"}
    assert len(house.rows(inbound_messages)) == 4
    assert house.rows(outbound_messages) == []


def test_a_status_is_kept_and_shown_in_our_words(house: House) -> None:
    words = ("sent", "delivered", "undelivered", "failed", "read")
    for at, status in enumerate(words):
        house.says("ヘルプ", sid=f"sid-{at}", number=f"+81900000{at:04}")
        message = house.rows(outbound_messages)[-1]
        posted = house.case.status(message.id, message.provider_sid, status, None)
        assert 200 <= house.post(posted).status_code < 300

    reports = [(one.provider, one.outbound_id, one.status) for one in house.rows(delivery_reports)]
    messages = house.rows(outbound_messages)
    assert reports == [
        (house.case.name, message.id, status)
        for message, status in zip(messages, words, strict=True)
    ]
    assert [message.delivery_status for message in messages] == list(words)


def test_a_status_that_nobody_has_thought_of_is_kept_and_changes_nothing(house: House) -> None:
    house.says("ヘルプ")
    (message,) = house.rows(outbound_messages)
    posted = house.case.status(message.id, message.provider_sid, "teleported" * 9, None)

    assert 200 <= house.post(posted).status_code < 300
    assert len(house.rows(delivery_reports)) == 1
    assert house.rows(outbound_messages)[0].delivery_status is None


def test_a_status_of_a_message_that_is_not_ours_is_kept(house: House) -> None:
    for message in (999_999, 2**63 - 1, 2**63, 10**40, -1):
        posted = house.case.status(message, f"sid-{message}", "sent", 99_999_999_999)
        assert 200 <= house.post(posted).status_code < 300

    assert [report.outbound_id for report in house.rows(delivery_reports)] == [None] * 5


def test_a_status_that_says_unsubscribed_is_a_stop(house: House) -> None:
    house.says("ヘルプ")
    (message,) = house.rows(outbound_messages)
    for _ in range(2):
        told = house.case.status(
            message.id, message.provider_sid, "undelivered", house.case.opted_out
        )
        house.post(told)

    (stop,) = [event for event in house.rows(consent_events) if event.consent == "stopped"]
    assert stop.rule == f"carrier error {house.case.opted_out}"
    house.says("残高", "sid-2")
    assert len(house.rows(outbound_messages)) == 1


def test_the_door_of_a_provider_that_is_not_set_up_is_shut(house: House) -> None:
    (other,) = (case for case in CASES if case is not house.case)

    assert house.post(other.text(HANAKO, "残高", "1")).status_code == 404


def test_the_door_of_a_provider_that_is_not_chosen_any_more_still_takes_statuses(
    house: House,
) -> None:
    (before,) = (case for case in CASES if case is not house.case)
    both = load(environment={**before.environment, **_set(house.case.environment)})
    client = create_app(replace(house.runtime, settings=both)).test_client()
    posted = before.status(999, "sid-1", "delivered", None)

    assert 200 <= client.post(posted.path, **posted.how).status_code < 300
    assert [report.provider for report in house.rows(delivery_reports)] == [before.name]


def _set(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if value}

"""The company's own system as the source of balances: what it may say, and where we may ask."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest

from bot.billing import accounts, fetch
from bot.billing.customer_file import CustomerFile
from bot.billing.fetch import Call, is_allowed
from bot.billing.http_source import HttpSource, at
from bot.billing.source_file import Source, read
from bot.errors import SettingError, SourceAway
from bot.messaging.debts import import_file, renew
from bot.providers import Answer
from bot.runtime import Runtime
from tests.billing.files import HANAKO as HANAKO_ROW
from tests.billing.files import csv_of
from tests.stand_in import StandIn, standing_in

HANAKO = "+819000000001"
ONE = {"number": "1000-1234", "who": "山田 花子", "debt": {"amount": 12800}, "until": "2026-12-25"}
FIELDS = {
    "customer_number": "number",
    "name": "who",
    "amount_due": "debt.amount",
    "due_date": "until",
}
HERE = ["127.0.0.0/8"]


@pytest.fixture
def system() -> Iterator[StandIn]:
    """The company's system on this machine."""
    with standing_in() as here:
        yield here


def described(url: str, **changes: Any) -> Source:
    told = {"url": url, "hosts": ["127.0.0.1"], "fields": FIELDS, "private_networks": HERE}
    return Source.model_validate({**told, "customers": "data", **changes})


def tells(system: StandIn, *rows: Any, status: int = 200) -> None:
    system.answers.append(Answer(status, body=json.dumps({"data": list(rows)}).encode()))


def source(system: StandIn, **changes: Any) -> HttpSource:
    return HttpSource(described(f"{system.url}/owed/{{phone}}", **changes), "s3cret")


def test_what_the_system_tells_is_read_by_its_paths(system: StandIn) -> None:
    tells(system, ONE)
    (owed,) = source(system).look_up(HANAKO)

    assert system.received[0].path == "/owed/%2B819000000001"
    assert (owed.customer.customer_number, owed.customer.name) == ("1000-1234", "山田 花子")
    assert (owed.customer.due_minor, owed.customer.currency) == (12800, "JPY")
    assert str(owed.customer.due_date) == "2026-12-25"
    assert owed.as_of is None


def test_a_post_keeps_the_number_out_of_the_address(system: StandIn) -> None:
    tells(system)
    asking = HttpSource(
        described(
            f"{system.url}/owed",
            json={"phone": "{phone_national}"},
            headers={"Authorization": "Bearer {secret}"},
        ),
        "s3cret",
    )
    assert asking.look_up(HANAKO) == []
    (request,) = system.received
    assert json.loads(request.body) == {"phone": "09000000001"}
    assert request.headers["authorization"] == "Bearer s3cret"
    assert request.path == "/owed"


AMOUNTS = [
    ({"debt": {"amount": "12,800"}}, {}, 12800, "JPY"),
    ({"debt": {"amount": 45.50}, "money": "USD"}, {"currency": "money"}, 4550, "USD"),
    ({"debt": {"amount": 0.1}, "money": "USD"}, {"currency": "money"}, 10, "USD"),
    ({"debt": {"amount": -500}}, {}, 0, "JPY"),
]


@pytest.mark.parametrize(("row", "fields", "minor", "currency"), AMOUNTS)
def test_amounts_are_exact(
    system: StandIn, row: dict[str, Any], fields: dict[str, str], minor: int, currency: str
) -> None:
    tells(system, {**ONE, **row})
    (owed,) = source(system, fields={**FIELDS, **fields}).look_up(HANAKO)
    assert (owed.customer.due_minor, owed.customer.currency) == (minor, currency)


def test_amounts_may_be_told_in_minor_units(system: StandIn) -> None:
    tells(system, {**ONE, "debt": {"amount": 4550}})
    (owed,) = source(system, amount_in="minor", currency="USD").look_up(HANAKO)
    assert (owed.customer.due_minor, owed.customer.currency) == (4550, "USD")


def test_the_system_may_say_as_of_when(system: StandIn) -> None:
    tells(system, {**ONE, "at": "2026-12-24T09:00:00+09:00"}, {**ONE, "at": "2026-12-24"})
    first, second = source(system, fields={**FIELDS, "as_of": "at"}).look_up(HANAKO)
    assert str(first.as_of) == "2026-12-24 09:00:00+09:00"
    assert str(second.as_of) == "2026-12-24 00:00:00+09:00"


INVOICES = {"path": "open", "number": "id", "amount_due": "rest", "due_date": "until"}
NOVEMBER = {"id": "2026-11", "rest": 5000, "until": "2026-11-30T00:00:00"}
DECEMBER = {"id": "2026-12", "rest": "7,800", "until": "2026-12-25"}
CREDIT = {"id": "C-1", "rest": -300}
WITHOUT_AMOUNT = {name: path for name, path in FIELDS.items() if name != "amount_due"}


def test_the_system_may_tell_single_invoices(system: StandIn) -> None:
    tells(system, {"number": "1000-1234", "open": [DECEMBER, NOVEMBER]})
    (owed,) = source(system, fields=WITHOUT_AMOUNT, invoices=INVOICES).look_up(HANAKO)

    told = [(one.number, one.due.minor, str(one.due_date)) for one in owed.customer.invoices]
    assert told == [("2026-12", 7800, "2026-12-25"), ("2026-11", 5000, "2026-11-30")]
    assert (owed.customer.due_minor, str(owed.customer.due_date)) == (12800, "2026-11-30")


def test_an_amount_that_is_told_beside_the_invoices_is_what_is_due(system: StandIn) -> None:
    tells(system, {**ONE, "debt": {"amount": 9000}, "open": [NOVEMBER]}, {**ONE, "open": []})
    first, second = source(system, invoices=INVOICES).look_up(HANAKO)

    assert (first.customer.due_minor, str(first.customer.due_date)) == (9000, "2026-12-25")
    assert [one.number for one in first.customer.invoices] == ["2026-11"]
    assert (second.customer.due_minor, second.customer.invoices) == (12800, ())


@pytest.mark.parametrize(
    ("told", "due", "listed"),
    [
        ([], 0, []),
        ([{**NOVEMBER, "rest": 0}], 0, []),
        ([NOVEMBER, CREDIT], 4700, ["2026-11"]),
        ([CREDIT], 0, []),
    ],
    ids=str,
)
def test_credits_lessen_what_is_due(
    system: StandIn, told: list[dict[str, Any]], due: int, listed: list[str]
) -> None:
    tells(system, {"number": "1000-1234", "open": told})
    (owed,) = source(system, fields=WITHOUT_AMOUNT, invoices=INVOICES).look_up(HANAKO)

    assert owed.customer.due_minor == due
    assert [one.number for one in owed.customer.invoices] == listed


@pytest.mark.parametrize(
    "told",
    [
        None,
        {"id": "1"},
        [NOVEMBER, NOVEMBER],
        [{"rest": 1}],
        [{"id": "1"}],
        [{"id": "1", "rest": 1.5}],
        [{"id": "1", "rest": 1, "until": "soon"}],
        ["2026-11"],
        [{"id": str(one), "rest": 1} for one in range(101)],
    ],
    ids=lambda told: str(told)[:40],
)
def test_invoices_that_cannot_be_read_make_the_answer_useless(system: StandIn, told: Any) -> None:
    tells(system, {"number": "1000-1234", "open": told})
    with pytest.raises(SourceAway, match="its answer cannot be used"):
        source(system, fields=WITHOUT_AMOUNT, invoices=INVOICES).look_up(HANAKO)


def test_who_is_unknown_there_owes_nothing_there(system: StandIn) -> None:
    system.answers.append(Answer(404, body=b'{"error": "no such customer"}'))
    assert source(system).look_up(HANAKO) is None
    system.answers.append(Answer(200, body=b'{"data": null}'))
    assert source(system).look_up(HANAKO) == []


def row(told: str) -> bytes:
    return f'{{"data": [{{{told}}}]}}'.encode()


BAD = {
    "a redirect": Answer(302, body=b"", headers={"location": "http://127.0.0.1:1/"}),
    "an error": Answer(500, body=b"{}"),
    "no JSON": Answer(200, body=b"<html>"),
    "not text": Answer(200, body=b"\xff\xfe"),
    "too large": Answer(200, body=b'"' + b"x" * fetch.LARGEST_BYTES + b'"'),
    "deep": Answer(200, body=b"[" * 100_000),
    "closed": None,
    "a page that is not there": Answer(404, body=b"<html>"),
    "nothing there": Answer(404),
    "a fraction of a yen": Answer(200, body=row('"number": "1234", "debt": {"amount": 1.5}')),
    "an amount that is none": Answer(200, body=row('"number": "1234", "debt": {"amount": []}')),
    "no number": Answer(200, body=row('"debt": {"amount": 1}')),
    "true": Answer(200, body=row('"number": "1234", "debt": {"amount": true}')),
}


@pytest.mark.parametrize("answer", BAD.values(), ids=BAD)
def test_what_cannot_be_used_says_so_and_tells_nothing_of_the_person(
    system: StandIn, answer: Answer | None
) -> None:
    system.answers.append(answer)
    with pytest.raises(SourceAway) as away:
        source(system).look_up(HANAKO)
    assert "9000000001" not in str(away.value)
    assert len(system.received) == 1


def test_after_failures_in_a_row_the_system_is_left_alone(system: StandIn) -> None:
    asking = source(system, breaker={"failures": 2, "rest_s": 60})
    system.otherwise = Answer(500)
    for _ in range(5):
        with pytest.raises(SourceAway):
            asking.look_up(HANAKO)
    assert len(system.received) == 2


UNKNOWN = Answer(404, body=b"{}")


def test_an_answer_of_one_number_that_cannot_be_used_leaves_the_others_alone(
    system: StandIn,
) -> None:
    asking = source(system, breaker={"failures": 1, "rest_s": 60})
    tells(system, {**ONE, "debt": {"amount": 1.5}})
    with pytest.raises(SourceAway, match="its answer cannot be used"):
        asking.look_up(HANAKO)
    tells(system, ONE)
    assert asking.look_up(HANAKO)


def test_a_success_forgets_failures(system: StandIn) -> None:
    asking = source(system, breaker={"failures": 2, "rest_s": 60})
    system.answers.extend([Answer(500), UNKNOWN, Answer(500), UNKNOWN])
    for fails in (True, False, True, False):
        if fails:
            with pytest.raises(SourceAway):
                asking.look_up(HANAKO)
        else:
            assert asking.look_up(HANAKO) is None


PRIVATE = """127.0.0.1 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 0.0.0.0 100.64.0.1 224.0.0.1
2002:a00:1:: fec0::1 ::1 fe80::1 fd00::1 ::ffff:10.0.0.1 ::ffff:127.0.0.1 64:ff9b::a00:1 ff02::1
::"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_an_address_that_is_not_public_is_not_asked(address: str) -> None:
    assert not is_allowed(ip_address(address), ())
    assert is_allowed(ip_address("203.0.113.9"), ()) is False  # kept for documentation
    assert is_allowed(ip_address("1.1.1.1"), ())
    assert is_allowed(ip_address("10.0.0.1"), (ip_network("10.0.0.0/8"),))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
def test_a_name_that_leads_into_our_own_network_is_refused(system: StandIn, host: str) -> None:
    port = system.url.rpartition(":")[2]
    with pytest.raises(SourceAway, match="not public"):
        fetch.fetch(Call(f"http://{host}:{port}/", {}, None, 3))
    assert system.received == []


def test_a_path_leads_to_what_stands_there_or_nowhere() -> None:
    told = {"a": [{"b": 1}, {"b": Decimal("2.50")}]}
    assert at(told, "a.1.b") == Decimal("2.50")
    assert at(told, "") is told
    assert [at(told, path) for path in ("a.2", "a.x", "a.0.b.c", "z")] == [None] * 4


WRONG = [
    ({"url": "http://billing.example.com/"}, "https://"),
    ({"url": "https://other.example.com/"}, "hosts must name"),
    ({"url": "https://{phone}.example.com/"}, "plain name"),
    ({"url": "https://user:secret@billing.example.com/"}, "plain name"),
    ({"url": "https://billing.example.com/{name}"}, "{name} is none of"),
    ({"headers": {"X": "{password}"}}, "{password} is none of"),
    ({"fields": {"name": "who"}}, "fields.customer_number"),
    ({"private_networks": ["10.0.0.1/8"]}, "private_networks"),
    ({"timeout_s": 60}, "timeout_s"),
    ({"max_age_s": 0}, "max_age_s"),
    ({"timeouts": 3}, "timeouts"),
    ({"hosts": []}, "hosts"),
    ({"fields": {"customer_number": "number"}}, "fields.amount_due is needed"),
    ({"invoices": {"path": "open", "number": "id"}}, "invoices.amount_due"),
]


@pytest.mark.parametrize(("changes", "complaint"), WRONG, ids=str)
def test_a_wrong_file_is_named_in_one_line(
    tmp_path: Path, changes: dict[str, Any], complaint: str
) -> None:
    told = {
        "url": "https://billing.example.com/x",
        "hosts": ["billing.example.com"],
        "fields": FIELDS,
    }
    file = tmp_path / "source.yaml"
    file.write_text(json.dumps({**told, **changes}), "utf-8")
    with pytest.raises(SettingError) as refused:
        read(file)
    assert str(refused.value).startswith("HENJI_BALANCE_SOURCE is wrong: ")
    assert complaint in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"- a", b"a: [", b"\xff", b"just words"])
def test_what_is_no_description_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "source.yaml"
    file.write_bytes(content)
    with pytest.raises(SettingError, match=r"^HENJI_BALANCE_SOURCE is wrong: "):
        read(file)
    with pytest.raises(SettingError, match="cannot be read"):
        read(tmp_path / "nowhere.yaml")


TRICKLED = {
    "the status": ("http", b""),
    "the head": ("http", b"HTTP/1.1 200 OK\r\nX-Long: "),
    "the body": ("http", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"),
    "a body without a length": ("http", b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n1"),
    "the handshake": ("https", b"\x16\x03\x03\x40\x00"),
}


@pytest.mark.parametrize(("scheme", "first"), TRICKLED.values(), ids=TRICKLED)
def test_a_system_that_trickles_its_answer_is_left_in_time(scheme: str, first: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def trickle() -> None:
            there, _ = server.accept()
            with there, suppress(OSError):
                there.recv(4096)
                there.sendall(first)
                while not over.wait(0.1):
                    there.sendall(b" ")

        thread = threading.Thread(target=trickle)
        thread.start()
        ours = (ip_network("127.0.0.0/8"),)
        url = f"{scheme}://127.0.0.1:{server.getsockname()[1]}/"
        began = time.monotonic()
        try:
            with pytest.raises(SourceAway, match="took too long"):
                fetch.fetch(Call(url, {}, None, 0.3, ours))
        finally:
            over.set()
            thread.join()
        # It would never end.
        assert time.monotonic() - began < 20


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_the_system_does_not_tell_stays_as_a_file_told_it(
    runtime: Runtime, system: StandIn
) -> None:
    import_file(runtime.engine, runtime.vault, CustomerFile(csv_of(HANAKO_ROW)))
    tells(system, {**ONE, "debt": {"amount": 500}})
    asking = source(system, fields={"customer_number": "number", "amount_due": "debt.amount"})
    found, day = asking.look_up(HANAKO), timedelta(days=1)
    with runtime.engine.begin() as connection:
        renew(connection, runtime.vault, HANAKO, found, day)
        (account,) = accounts.of_number(connection, runtime.vault, HANAKO)
        languages = accounts.languages_of(connection, [HANAKO])
    assert (account.name, account.due.minor) == ("山田 花子", 500)
    assert str(account.due_date) == "2026-12-25"
    assert languages == {HANAKO: "ja"}

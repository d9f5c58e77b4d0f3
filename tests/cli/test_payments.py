"""`henji payments`: comparing with a gateway's list, and the books."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.runtime import Runtime
from bot.store.tables import accounts
from tests.cli.commands import henji
from tests.gateways.stand import Stand
from tests.gateways.stands import standing
from tests.gateways.stripe_account import KEY, SECRET
from tests.paying import Paying

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
STRIPE = {"STRIPE_API_KEY": KEY, "STRIPE_WEBHOOK_SECRET": SECRET}


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Stand]:
    with standing("stripe", tmp_path) as made:
        yield made


@pytest.fixture
def paid_in_vain(runtime: Runtime, account: Stand) -> Paying:
    """Hanako, who has paid at Stripe; the notice of it was lost."""
    paying = Paying.at(runtime, through=account.gateway())
    paying.is_customer()
    paying.gets_link()
    paying.answers()
    paying.taps_pay()
    [session] = account.sessions.values()
    account.act("pay", session["client_reference_id"])
    return paying


@pytest.mark.usefixtures("paid_in_vain")
def test_what_was_missing_is_settled_and_told(environment: dict[str, str]) -> None:
    ended = henji("payments", "reconcile", environment={**environment, **STRIPE})

    first, last = ended.out.splitlines()
    assert ended.status == 0
    assert first.endswith("was missing here: paid.")
    assert last == "stripe: 1 payment listed, 1 settled here, 0 for a person."


def test_what_a_person_must_look_at_ends_with_status_1(
    environment: dict[str, str], paid_in_vain: Paying, account: Stand
) -> None:
    account.sessions.clear()
    for body, headers in account.notices():
        paid_in_vain.texting.client.post("/webhooks/stripe", data=body, headers=headers)

    since = ("--since", "2026-01-01")
    ended = henji("payments", "reconcile", *since, environment={**environment, **STRIPE})

    assert ended.status == 1
    assert "was paid here, but stripe knows nothing of it." in ended.out


def test_without_a_gateway_there_is_nothing_to_compare_with(environment: dict[str, str]) -> None:
    ended = henji("payments", "reconcile", environment=environment)
    assert (ended.status, ended.err) == (1, "henji: No payment gateway is set up.\n")


def test_a_gateway_that_is_not_set_up_is_a_wrong_call(environment: dict[str, str]) -> None:
    ended = henji("payments", "reconcile", "--gateway", "komoju", environment=environment)
    assert ended.status == 2
    assert "not komoju" in ended.err


def test_the_books_of_a_period_are_written(
    environment: dict[str, str], paid_in_vain: Paying, account: Stand, tmp_path: Path
) -> None:
    for body, headers in account.notices():
        paid_in_vain.texting.client.post("/webhooks/stripe", data=body, headers=headers)
    file, days = tmp_path / "books.csv", ("--from", "2020-01-01", "--to", "2099-12-31")

    ended = henji("payments", "export", *days, "--into", str(file), environment=environment)

    assert (ended.status, ended.out) == (0, f"1 line is in {file}.\n")
    assert "payment,stripe,pi_" in file.read_text("utf-8-sig")


EVER = ("--from", "2020-01-01", "--to", "2099-12-31")


def test_the_timeline_of_a_period_is_written_and_is_no_formula(
    environment: dict[str, str], paid_in_vain: Paying, tmp_path: Path
) -> None:
    sealed = paid_in_vain.runtime.vault.seal("=cmd|'/c calc'!1234")
    paid_in_vain.changes(update(accounts).values(customer_number=sealed))
    file = tmp_path / "timeline.csv"

    ended = henji("payments", "timeline", *EVER, "--into", str(file), environment=environment)

    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    assert ended.out == f"{len(rows)} lines are in {file}.\n"
    assert [row["step"] for row in rows] == [
        "link_made", "queued", "sent", "opened", "verified", "viewed", "started",
    ]  # fmt: skip
    assert {row["customer_number"] for row in rows} == {"'=cmd|'/c calc'!1234"}
    assert (rows[-1]["amount"], rows[-1]["currency"]) == ("12800", "JPY")
    assert rows[0]["at"].endswith("+09:00")


def test_the_funnel_of_a_period_is_written_and_told(
    environment: dict[str, str], paid_in_vain: Paying, tmp_path: Path
) -> None:
    file = tmp_path / "funnel.csv"

    ended = henji("payments", "funnel", *EVER, "--into", str(file), environment=environment)

    told = "1 sent, 0 delivered, 1 opened, 1 verified, 1 started, 0 paid"
    assert ended.out == f"payment.link (ja): {told}\n1 line is in {file}.\n"
    assert file.read_text("utf-8-sig").splitlines()[1] == "payment.link,ja,1,0,1,1,1,0"
    assert paid_in_vain.link().status == "started"


@pytest.mark.parametrize("command", ["export", "timeline", "funnel"])
@pytest.mark.parametrize(
    "days", [("--from", "2026-12-31", "--to", "2026-12-01"), ("--from", "2026-12-31"), ()]
)
def test_a_period_that_is_none_is_a_wrong_call(
    environment: dict[str, str], days: tuple[str, ...], command: str
) -> None:
    assert henji("payments", command, *days, environment=environment).status == 2


def test_a_file_that_cannot_be_written_is_named(
    environment: dict[str, str], tmp_path: Path
) -> None:
    days = ("--from", "2026-12-01", "--to", "2026-12-31")
    file = tmp_path / "nowhere" / "books.csv"
    ended = henji("payments", "export", *days, "--into", str(file), environment=environment)
    assert ended.status == 1
    assert str(file) in ended.err

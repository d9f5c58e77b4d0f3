"""`henji senders`: the registry by command, refusals in one line."""

from pathlib import Path

import pytest

from tests.cli.commands import Ended, henji


@pytest.fixture
def registry(tmp_path: Path) -> dict[str, str]:
    """An environment with a migrated database and no sender yet."""
    environment = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/henji.sqlite",
        "HENJI_BRAND": "例示商会",
        "PUBLIC_URL": "https://sms.example.com",
    }
    assert henji("migrate", environment=environment).status == 0
    return environment


def test_a_sender_from_registration_to_retirement(registry: dict[str, str]) -> None:
    def senders(*arguments: str) -> Ended:
        ended = henji("senders", *arguments, environment=registry)
        assert ended.err == ""
        return ended

    assert senders("list").out == ""
    senders("add", "050-0000-0001", "--display", "softbank=12345", "--link-domain", "s.example.jp")
    assert senders("list").out == (
        "+815000000001  not enabled  例示商会 (no legal name)"
        "  domestic, inbound on, approval draft  SoftBank=12345  s.example.jp"
        "  webhook https://sms.example.com/webhooks/twilio/messages  stops by reply, link\n"
    )
    senders(
        "change",
        "０５０ー００００ー０００１",
        "--legal-name",
        "例示商会株式会社",
        "--link-domain",
        "",
    )
    senders("change", "05000000001", "--approval", "approved", "--route", "international")
    senders("enable", "+815000000001")
    assert "  enabled 20" in senders("list").out
    assert "international, inbound on, approval approved  SoftBank=12345  w" in senders("list").out
    senders("retire", "050-0000-0001")
    assert "  retired 20" in senders("list").out


REFUSED = [
    (["add", "MYBRAND"], "MYBRAND is a name: anybody can send under it"),
    (["add", "12345", "--override-reason", "we like it"], "12345 is no telephone number"),
    (["add", "名前"], "A sender is a telephone number, or a name"),
    (["add", "050-0000-0002", "--link-domain", "https://x.jp"], "https://x.jp is no domain"),
    (["add", "050-0000-0002", "--brand", "x" * 21], "brand is too long"),
    (["add", "050-0000-0001"], "+815000000001 is registered already"),
    (["enable", "050-0000-0001"], "+815000000001 has no legal name"),
    (["enable", "050-0000-0009"], "+815000000009 is not registered"),
    (["retire", "x\x00y"], "A sender is a telephone number, or a name"),
]


@pytest.mark.parametrize(("arguments", "reason"), REFUSED)
def test_what_the_registry_refuses_is_told_in_one_line(
    registry: dict[str, str], arguments: list[str], reason: str
) -> None:
    henji("senders", "add", "050-0000-0001", environment=registry)
    before = henji("senders", "list", environment=registry).out
    ended = henji("senders", *arguments, environment=registry)

    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith(f"henji: {reason}")
    assert ended.err.count("\n") == 1
    assert henji("senders", "list", environment=registry).out == before


CALLED_WRONGLY = [
    [],
    ["add"],
    ["change", "050-0000-0001"],
    ["change", "050-0000-0001", "--route", "by air"],
    ["change", "050-0000-0001", "--display", "docomo"],
    ["enable"],
]


@pytest.mark.parametrize("arguments", CALLED_WRONGLY, ids=" ".join)
def test_a_wrong_call_ends_with_2(registry: dict[str, str], arguments: list[str]) -> None:
    ended = henji("senders", *arguments, environment=registry)

    assert (ended.status, ended.out) == (2, "")
    assert ended.err.endswith("--help'.\n")
    assert ended.err.count("\n") == 1


def test_a_name_with_a_reason_is_listed_with_it(registry: dict[str, str]) -> None:
    named = ("senders", "add", "MYBRAND", "--override-reason", "asked for by law", "--by", "sato")
    assert henji(*named, environment=registry).status == 0

    assert henji("senders", "list", environment=registry).out.endswith(
        "inbound drop, approval draft  a name because: asked for by law  by staff:sato"
        "  stops by link\n"
    )

"""What may stand as a sender, and what is told about one: tables of cases, refusals first."""

import pytest

from bot.errors import SenderRefused
from bot.senders import number
from bot.senders.company import Company
from bot.senders.details import columns
from bot.senders.sender import Details, Route
from bot.settings import load
from bot.text import phone
from bot.text.language import Language

NO_SENDERS = [
    "",
    " ",
    "12345",
    "１２３４５",
    "+12",
    "0120",
    "8888",
    "12 34",
    "-",
    "会社",
    "TWELVELETTERS",
]
SENDERS = [
    ("050-0000-0001", "+815000000001"),
    ("０５０－００００－０００１", "+815000000001"),
    ("+81 50 0000 0001", "+815000000001"),
    ("0120-000-000", "+81120000000"),
    ("+1 202 555 0123", "+12025550123"),
    ("MYBRAND", "MYBRAND"),
    ("ＭＹ　Brand1", "MY Brand1"),
]


@pytest.mark.parametrize("raw", [*NO_SENDERS, "a\x00b", "名" * 10_000, "1" * 10_000])
def test_what_is_neither_a_number_nor_a_name_is_refused_in_a_sentence(raw: str) -> None:
    with pytest.raises(SenderRefused) as refusal:
        number.read(raw)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(("raw", "sender"), SENDERS)
def test_a_sender_is_read_from_any_notation(raw: str, sender: str) -> None:
    assert number.read(raw) == sender


@pytest.mark.parametrize("reason", ["", " \n "])
def test_a_name_needs_a_reason(reason: str) -> None:
    with pytest.raises(SenderRefused, match="anybody can send under it"):
        number.check_override("MYBRAND", reason)


def test_the_reason_for_a_name_is_kept_and_a_number_needs_none() -> None:
    assert number.check_override("MYBRAND", " a  good one ") == "a good one"
    assert number.check_override("+815000000001", "none") is None


REFUSED = [
    (Details(brand="x" * 21), "brand is too long"),
    (Details(legal_name="a\x00b"), "legal_name holds a character"),
    (Details(purposes_ja="\u202egnp.exe"), "purposes_ja holds a character"),
    (Details(displays={"NTT": "1"}), "NTT is no carrier here: docomo, au, SoftBank, Rakuten"),
    (Details(displays={"au": "x" * 21}), "au shows at most 20"),
    (Details(link_domains=("https://s.example.jp",)), "is no domain"),
    (Details(link_domains=("s.example.jp/x",)), "is no domain"),
    (Details(link_domains=("localhost",)), "is no domain"),
    (Details(link_domains=("127.0.0.1",)), "is no domain"),
    (Details(link_domains=("-a.example",)), "is no domain"),
]


@pytest.mark.parametrize(("details", "reason"), REFUSED)
def test_details_that_cannot_be_kept_are_refused_by_name(details: Details, reason: str) -> None:
    with pytest.raises(SenderRefused, match=reason):
        columns(details, {})


def test_only_what_is_told_changes() -> None:
    assert columns(Details(), {"au": "1"}) == {}
    assert columns(Details(brand=" 例示\n商会 ", route=Route.DOMESTIC), {}) == {
        "brand": "例示 商会",
        "route": "domestic",
    }


def test_displays_add_up_and_an_empty_one_is_taken_back() -> None:
    told = columns(Details(displays={"SOFTBANK": "12345", "au": ""}), {"au": "1", "docomo": "2"})

    assert told == {"displays": {"docomo": "2", "SoftBank": "12345"}}


def test_domains_are_kept_in_one_form_and_can_be_taken_back() -> None:
    assert columns(Details(link_domains=("S.Example.JP.",)), {})["link_domains"] == ["s.example.jp"]
    assert columns(Details(link_domains=("",)), {}) == {"link_domains": []}


NOTATIONS = [
    ("+815000000001", ("050-0000-0001", "05000000001", "+815000000001")),
    ("+81120000000", ("0120-000-000", "0120000000", "+81120000000")),
    ("+12025550123", ("(202) 555-0123", "2025550123", "+12025550123")),
    ("MYBRAND", ("MYBRAND", "MYBRAND", "MYBRAND")),
]


@pytest.mark.parametrize(("sender", "written"), NOTATIONS)
def test_a_number_is_written_in_three_notations(sender: str, written: tuple[str, ...]) -> None:
    found = phone.notations(sender)
    assert (found.national, found.plain, found.international) == written


BRANDS = [
    ("", "", "設定", "Settings"),
    ("店", "", "店", "店"),
    ("店", "Shop", "店", "Shop"),
    ("", "Shop", "設定", "Shop"),
]


@pytest.mark.parametrize(("brand", "brand_en", "japanese", "english"), BRANDS)
def test_two_brands_are_never_mixed(brand: str, brand_en: str, japanese: str, english: str) -> None:
    settings = load(environment={"HENJI_BRAND": "設定", "HENJI_BRAND_EN": "Settings"})
    company = Company.of(settings, brand, brand_en)

    assert company.brand(Language.JA) == japanese
    assert company.brand(Language.EN) == english

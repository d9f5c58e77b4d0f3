"""What every screen of a payment has in common, and what the receipt says."""

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from sqlalchemy import insert, select, update

from bot.payments.receipt import included_tax
from bot.settings import Settings
from bot.store.columns import utc_now
from bot.store.tables import invoices, payments, refunds, senders
from bot.text.format import Money
from tests.pages.reading import words
from tests.paying import Paying

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LARGEST_BYTES = 30_000


def ask(paying: Paying) -> None:
    """Nothing more: the first screen asks."""


def pay(paying: Paying) -> None:
    paying.answers()


def pending(paying: Paying) -> None:
    paying.begins()
    paying.told("pending")


def receipt(paying: Paying) -> None:
    paying.begins()
    paying.told("paid")


def nothing(paying: Paying) -> None:
    paying.owes(0)
    paying.answers()


def gone(paying: Paying) -> None:
    paying.link_expires()


def invoiced(paying: Paying) -> None:
    """What is due is made of many invoices, with numbers as long as they get."""
    one = {"account_id": 1, "due_minor": 40}
    several = [{**one, "number": f"{count:04}".rjust(64, "請")} for count in range(320)]
    paying.changes(insert(invoices).values(several))
    pay(paying)


SCREENS = [ask, pay, invoiced, pending, receipt, nothing, gone]
Screen = Callable[[Paying], None]


class Outline(HTMLParser):
    """What a page is made of: its tags with their attributes, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_screen_is_small_and_loads_nothing_from_elsewhere(
    paying: Paying, screen: Screen, language: str
) -> None:
    screen(paying)
    page = paying.opens(f"?lang={language}")
    outline = Outline(page.text)

    loaded = [each.get("href") or each.get("src", "") for each in outline.all("link")]
    loaded += [each["src"] for each in outline.all("script") + outline.all("img")]
    assert all(address.startswith("/pages/") for address in loaded)
    whole = len(page.data)
    for address in loaded:
        with paying.browser.get(address) as file:
            whole += len(file.data)
    assert whole < LARGEST_BYTES
    assert "style=" not in page.text
    assert "@import" not in page.text
    assert "url(" not in page.text


@pytest.mark.parametrize(
    ("language", "rest"), [("ja", "ほか300件 12,000円"), ("en", "300 more ¥12,000")]
)
def test_of_many_invoices_the_most_pressing_are_listed_and_the_others_summed_up(
    paying: Paying, language: str, rest: str
) -> None:
    invoiced(paying)
    shown = words(paying.opens(f"?lang={language}"))

    assert "請0019 " in shown
    assert "請0020 " not in shown
    assert rest in shown


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_screen_can_be_heard(paying: Paying, screen: Screen, language: str) -> None:
    screen(paying)
    outline = Outline(paying.opens(f"?lang={language}").text)

    assert outline.all("html")[0]["lang"] == language
    assert [len(outline.all(tag)) for tag in ("header", "main", "footer", "h1")] == [1, 1, 1, 1]
    labels = {each["for"] for each in outline.all("label")}
    assert labels == {each["id"] for each in outline.all("input") if each.get("type") != "hidden"}
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_says_whose_it_is_and_how_to_check_that(
    paying: Paying, screen: Screen
) -> None:
    known = paying.with_settings(HENJI_LEGAL_NAME="株式会社例示商会")
    screen(known)
    page = known.opens("?lang=ja")
    shown = words(page)
    for expected in ("例示商会", "株式会社例示商会", "0120-000-000", "お支払いのお手続き"):
        assert expected in shown
    assert 'href="https://sms.example.com/senders?lang=ja"' in page.text


def test_the_page_speaks_for_the_senders_own_company(paying: Paying) -> None:
    own = {"brand": "見本電力", "legal_name": "株式会社見本電力", "support_phone": "0120-111-111"}
    paying.changes(update(senders).values(**own))
    shown = words(paying.opens())
    for expected in own.values():
        assert expected in shown
    assert "例示商会" not in shown


def test_the_receipt_has_the_fields_of_a_japanese_one(paying: Paying) -> None:
    issuer = paying.with_settings(
        HENJI_LEGAL_NAME="株式会社例示商会",
        HENJI_REGISTRATION_NUMBER="T1234567890123",
        HENJI_RECEIPT_FOR="12月分ご利用料金として",
        HENJI_TAX_PERCENT=10,
    )
    paying.changes(update(senders).values(postal_address="東京都千代田区見本1-1"))
    receipt(paying)
    issuer.answers()

    shown = words(issuer.opens())

    for expected in (
        "領収書",
        "宛名 山田 花子 様",
        "12,800円",
        "但し書き 12月分ご利用料金として",
        "発行日 20",
        "発行者 株式会社例示商会",
        "東京都千代田区見本1-1",
        "登録番号 T1234567890123",
        "うち消費税等（10%） 1,163円",
        "領収いたしました",
        str(paying.link().receipt_number),
    ):
        assert expected in shown
    english = words(issuer.opens("?lang=en"))
    for expected in ("Receipt", "Received from 山田 花子", "Consumption tax included (10%) ¥1,163"):
        assert expected in english


def test_a_receipt_leaves_out_what_is_not_known(paying: Paying) -> None:
    receipt(paying)
    shown = words(paying.opens())
    assert "ご利用料金として" in shown
    for hidden in ("消費税", "登録番号", "ご返金額", "残りのご請求額"):
        assert hidden not in shown


def test_a_receipt_tells_what_was_refunded_and_what_is_still_owed(paying: Paying) -> None:
    receipt(paying)
    paying.owes(300)
    with paying.runtime.engine.begin() as connection:
        payment = connection.execute(select(payments.c.id)).scalar_one()
        back = {"payment_id": payment, "kind": "refund", "amount_minor": 800}
        connection.execute(insert(refunds).values(**back, refunded_at=utc_now()))
    shown = words(paying.opens())
    assert "ご返金額 800円" in shown
    assert "残りのご請求額 300円" in shown


@pytest.mark.parametrize(
    ("paid", "percent", "tax"),
    [
        (Money(1100, "JPY"), 10, Money(100, "JPY")),
        (Money(1, "JPY"), 10, Money(0, "JPY")),
        (Money(108, "JPY"), 8, Money(8, "JPY")),
        (Money(1100, "USD"), 10, None),
        (Money(1100, "JPY"), None, None),
    ],
)
def test_the_tax_is_what_the_amount_includes(
    paid: Money, percent: int | None, tax: Money | None, database_url: str
) -> None:
    assert included_tax(paid, Settings(HENJI_TAX_PERCENT=percent)) == tax

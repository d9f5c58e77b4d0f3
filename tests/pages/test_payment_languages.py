"""The pages of a payment speak the person's language, and show names as they are."""

import pytest
from sqlalchemy import update

from bot.store.tables import accounts
from tests.gateway import notice
from tests.pages.reading import words
from tests.paying import ALICE, Paying


def test_every_page_speaks_the_links_language_or_the_one_that_is_chosen(paying: Paying) -> None:
    assert '<html lang="ja">' in paying.opens().text
    assert '<html lang="en">' in paying.opens("?lang=en").text
    assert "The payment page" not in words(paying.opens("?lang=fr"))
    assert "Last 4 digits of your customer number" in words(paying.opens("?lang=en"))


def test_the_whole_way_in_english(paying: Paying) -> None:
    paying.is_customer(ALICE, digits="5678", due=4210, currency="USD")
    paying.gets_link(ALICE, "PAY")

    assert "Please confirm it is you" in words(paying.opens())
    assert "Tries left: 4" in words(paying.answers("0000"))
    paying.answers("5678")
    assert "$42.10" in words(paying.opens())
    paying.taps_pay()
    assert paying.gateway.asked[0].return_url.endswith("/return?lang=en")
    paying.told("paid", amount=4210, currency="USD")
    assert "Your payment is complete" in words(paying.opens("/return"))


def test_a_chosen_language_is_kept_on_the_way(paying: Paying) -> None:
    proved = paying.browser.post(f"/p/{paying.token}?lang=en", data={"digits": "1234"})
    assert proved.location == f"/p/{paying.token}?lang=en"
    assert f'action="/p/{paying.token}/pay?lang=en"' in paying.opens("?lang=en").text
    paying.taps_pay(query_string={"lang": "en"})
    assert paying.gateway.asked[0].return_url.endswith("/return?lang=en")


def test_names_that_look_like_markup_are_shown_as_they_are(paying: Paying) -> None:
    name = paying.runtime.vault.seal("<img src=x onerror=alert(1)>")
    paying.changes(update(accounts).values(name=name))
    paying.answers()
    assert "&lt;img src=x" in paying.opens().text


def test_no_token_stands_in_the_log(paying: Paying, capsys: pytest.CaptureFixture[str]) -> None:
    paying.answers("0000")
    paying.begins()
    paying.gateway.is_away = True
    paying.taps_pay()
    paying.hears_of(notice("paid", "1-1-1"))

    written = "".join(capsys.readouterr())
    assert "link.answered" in written
    assert paying.token not in written

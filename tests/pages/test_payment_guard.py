"""The payment page under attack: guessed tokens and answers find nothing, and somebody hears."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from bot.billing import links
from bot.payments import guesses
from bot.store.tables import contacts
from tests.pages.reading import words
from tests.paying import Paying

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MOST = guesses.UNKNOWN_LINKS.most


def guess(browser: FlaskClient, times: int) -> list[int]:
    return [browser.get(f"/p/{links.new_token()}").status_code for _ in range(times)]


def test_a_thousand_guessed_tokens_find_nothing(paying: Paying) -> None:
    told = guess(paying.browser, 1000)

    assert told == [404] * MOST + [429] * (1000 - MOST)
    assert [kind for kind, _ in paying.alerts()] == ["guessing"]


def test_who_guessed_cannot_tell_a_right_token_from_a_wrong_one(paying: Paying) -> None:
    guess(paying.browser, MOST)

    pages = [paying.opens(), paying.browser.get("/p/AAAAAAAAAAAA"), paying.answers()]
    pages += [paying.browser.post(f"/p/{token}/pay") for token in (paying.token, "x")]

    assert {page.status_code for page in pages} == {429}
    assert len({page.data for page in pages}) == 1
    assert "しばらくお待ちください" in words(pages[0])
    assert "0120-000-000" in words(pages[0])


def test_who_proved_who_they_are_goes_on_though_their_neighbour_guesses(paying: Paying) -> None:
    paying.answers()
    guess(paying.stranger(), MOST)

    assert "12,800" in paying.opens().text
    assert paying.taps_pay().status_code == 303


def test_a_proof_of_one_link_opens_no_other_from_a_guessing_address(paying: Paying) -> None:
    paying.answers()
    guess(paying.stranger(), MOST)
    cookie = {"Cookie": "__Secure-henji-payment=made-up"}
    assert paying.stranger().get(f"/p/{paying.token}", headers=cookie).status_code == 429


def test_another_address_is_not_kept_from_anything(paying: Paying) -> None:
    guess(paying.browser, MOST + 1)
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    assert paying.browser.get(f"/p/{paying.token}", environ_base=elsewhere).status_code == 200


def test_guesses_from_everywhere_raise_an_alert(paying: Paying) -> None:
    for number in range(guesses.UNKNOWN_LINKS_OF_ALL.most + 1):
        address = {"REMOTE_ADDR": f"10.1.{number // 250}.{number % 250}"}
        assert paying.browser.get("/p/AAAAAAAAAAAA", environ_base=address).status_code == 404
    assert [words for _, words in paying.alerts()] == [
        guesses.LINKS_WORDS.format(guesses.EVERYWHERE)
    ]


def test_answers_guessed_from_everywhere_find_nothing(paying: Paying) -> None:
    told = []
    for number in range(300):
        address = {"REMOTE_ADDR": f"2001:db8:{number:x}::1"}
        form = {"digits": f"{number + 1000:04}"}
        page = paying.browser.post(f"/p/{paying.token}", data=form, environ_base=address)
        told.append(page.status_code)

    # The right one was among them.
    assert told == [422] * 4 + [429] * 296
    assert "Set-Cookie" not in page.headers


def test_a_thousand_answers_guessed_from_one_address_find_nothing(paying: Paying) -> None:
    for number in range(1000):
        page = paying.answers(f"{number:04}")
        assert page.status_code == (422 if number < 4 else 429)
        if number == 5:
            paying.changes(update(contacts).values(verification_locked_until=None))
    assert [kind for kind, _ in paying.alerts()] == ["guessing"]


@pytest.mark.parametrize("agent", ["facebookexternalhit/1.1", "LineBot", "curl/8"])
def test_previews_of_a_right_link_are_not_guesses(paying: Paying, agent: str) -> None:
    for _ in range(MOST + 5):
        page = paying.browser.get(f"/p/{paying.token}", headers={"User-Agent": agent})
        assert page.status_code == 200

"""Guessing on PostgreSQL, from one address and from many; GUESSES=10000 says how often."""

import os
from collections import Counter

import pytest

from bot.billing import links
from bot.payments import guesses
from tests.paying import Paying

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
# More than the limit over all addresses, so that even a short run raises the alert.
GUESSES = int(os.environ.get("GUESSES", "1200"))
ANSWERS_OF_ONE = 4
ONE, MANY = "203.0.113.7", "2001:db8:{:x}::1"


def addresses(kind: str) -> list[dict[str, str]]:
    shape = ONE if kind == "one address" else MANY
    return [{"REMOTE_ADDR": shape.format(number)} for number in range(GUESSES)]


@pytest.mark.parametrize("kind", ["one address", "many addresses"])
def test_guessed_tokens_find_nothing_and_raise_an_alert(paying: Paying, kind: str) -> None:
    told = Counter(
        paying.browser.get(f"/p/{links.new_token(12)}", environ_base=address).status_code
        for address in addresses(kind)
    )

    most = guesses.UNKNOWN_LINKS.most if kind == "one address" else GUESSES
    assert told == Counter({404: most, 429: GUESSES - most})
    assert [kind for kind, _ in paying.alerts()] == ["guessing"]


@pytest.mark.parametrize("kind", ["one address", "many addresses"])
def test_guessed_answers_find_nothing(paying: Paying, kind: str) -> None:
    told = Counter[int]()
    for number, address in enumerate(addresses(kind)):
        form = {"digits": f"{number % 10000:04}"}
        page = paying.browser.post(f"/p/{paying.token}", data=form, environ_base=address)
        told[page.status_code] += 1
        assert "Set-Cookie" not in page.headers

    # The right one was among them; it came when the person was locked.
    assert told == Counter({422: ANSWERS_OF_ONE, 429: GUESSES - ANSWERS_OF_ONE})

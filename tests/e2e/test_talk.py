"""The whole talk over HTTP, from the first text to the receipt, and from STOP to START."""

import re
from dataclasses import dataclass

import pytest
import requests

from tests.e2e.phone import TIMEOUT_S, Phone
from tests.e2e.site import Site
from tests.e2e.waiting import until


@dataclass(frozen=True)
class Story:
    """What a person of the sample texts, and words of the answers."""

    number: str
    hello: str
    balance: str
    digits: str
    pay: str
    asked: str
    amount: str
    receipt: str


JAPANESE = Story(
    "+819000000001", "はい", "残高", "1234", "支払い", "下4桁", "12,800円", "お支払いを確認"
)
ENGLISH = Story(
    "+12025550123", "YES", "BALANCE", "4321", "PAY", "last 4 digits", "$45.50", "your payment of"
)


@pytest.mark.parametrize("story", [JAPANESE, ENGLISH], ids=["Japanese", "English"])
def test_a_balance_is_asked_for_and_paid(shared: Site, story: Story) -> None:
    phone = shared.handset.phone(story.number)

    phone.asks(story.hello)
    assert story.asked in phone.asks(story.balance)[0]
    assert story.amount in phone.asks(story.digits)[0]
    [sent] = phone.asks(story.pay)
    pay(link_in(sent), story)

    until(lambda: story.receipt in phone.received()[-1])
    assert story.amount in phone.received()[-1]


def test_after_a_stop_nothing_arrives_until_a_start(shared: Site) -> None:
    phone = shared.handset.phone("+819000000002")

    assert "停止いたしました" in phone.asks("ＳＴＯＰ。")[0]
    assert hears_nothing(shared, phone, "残高")

    assert "再開いたしました" in phone.asks("配信開始")[0]
    assert "下4桁" in phone.asks("残高")[0]


def hears_nothing(site: Site, phone: Phone, body: str) -> bool:
    """Whether a text is taken and answered with silence."""
    before = phone.received()
    phone.text(body)
    until(phone.is_heard)
    until(site.is_settled)
    return phone.received() == before


def link_in(body: str) -> str:
    return re.findall(r"https?://\S+", body)[0]


def pay(link: str, story: Story) -> None:
    """What a browser does behind a link: prove who one is, look at the amount, pay by card."""
    with requests.Session() as browser:
        asked = browser.get(link, timeout=TIMEOUT_S)
        assert story.amount not in asked.text
        shown = browser.post(link, data={"digits": story.digits}, timeout=TIMEOUT_S)
        assert story.amount in shown.text
        [amount] = re.findall(r'name="amount" value="(\d+)"', shown.text)
        gateway = browser.post(f"{link}/pay", data={"amount": amount}, timeout=TIMEOUT_S)
        assert story.amount in gateway.text
        paid = browser.post(gateway.url, data={"choice": "card"}, timeout=TIMEOUT_S)
        assert paid.url.startswith(link)

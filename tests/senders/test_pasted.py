"""Whether a pasted text could be ours: a table of cases, the forged ones first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.scripts import shipped as scripts
from bot.senders.pasted import LONGEST, Ours, Verdict, judge

OURS = Ours.of(
    brands=["例示商会", "Example Co."],
    domains=["s.example.jp", "sms.example.com"],
    numbers=["+815000000001", "+81120000000"],
    shipped=scripts.load([scripts.LOCALES]),
)
PAY = "【例示商会】お支払いはこちら:{} 期限12/31 23:59"
FOREIGN_LINKS = [
    "https://s.examp1e.jp/p/abc",
    "https://s.example.jp.evil.example/p/abc",
    "https://evil-s.example.jp/p/abc",
    "https://x.s.example.jp/",
    "https://s.example.jp@evil.example/p/abc",
    "https://s.example.jp:443@evil.example/",
    "https://evil.example\\@s.example.jp/",
    "https://evil.example?@s.example.jp/",
    "https://evil.example#@s.example.jp/",
    "ｈｔｔｐｓ：／／ｅｖｉｌ．ｅｘａｍｐｌｅ／ｐ",
    "https://ev\u200bil.example/p",
    "https://s.ex\u0430mple.jp/p/abc",
    "https://s.example.jp。evil.example/",
    "http://192.0.2.1/p/abc",
    "http://3221225985/",
    "https://localhost/",
    "bit.ly/abc",
    "evil.example",
    "詳しくはevil.exampleへ",
    "https:evil.example/p",
    "https://s.example.jp/p/abc。確認はevil.example/x",
    "someone@evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "https://xn--80ak6aa92e.com/",
    "market://details?id=jp.example",
]
FOREIGN_NUMBERS = ["050-0000-0002", "+81 50 0000 0002", "0５0－００００－０００２", "(03)1234-5678"]
CASES = [
    ("", Verdict.EMPTY),
    (" \n\u3000", Verdict.EMPTY),
    ("\x00\u200b\ufeff", Verdict.EMPTY),
    ("あ" * (LONGEST + 1), Verdict.TOO_LONG),
    ("x" * 10_000, Verdict.TOO_LONG),
    ("こんにちは", Verdict.NOT_LIKE_OURS),
    ("【例示商店】お支払いはこちら:", Verdict.NOT_LIKE_OURS),
    ("お支払いはこちら:https://s.example.jp/p/abc", Verdict.NOT_LIKE_OURS),
    ("重要：【例示商会】お支払いはこちら:", Verdict.NOT_LIKE_OURS),
    ("【例示商会】担当の山田です。明日お電話します。", Verdict.UNKNOWN_WORDS),
    ("【例示商会】お支払いはあちらです。 期限:12/31", Verdict.UNKNOWN_WORDS),
    (PAY.format("https://s.example.jp/p/abc"), Verdict.COULD_BE_OURS),
    (PAY.format("https://S.Example.jp:443/p/a.b.html?x=1#y"), Verdict.COULD_BE_OURS),
    ("今日 12:30\n" + PAY.format("https://sms.example.com/p/abc"), Verdict.COULD_BE_OURS),
    (
        "【例示商会】恐れ入りますが、この電話番号でのご登録を確認できませんでした。"
        "お手数ですが0120-000-000へお電話ください。",
        Verdict.COULD_BE_OURS,
    ),
    (
        "Example Co.: Please pay here:\nhttps://s.example.jp/p/abc (valid until Dec 31, 23:59)",
        Verdict.COULD_BE_OURS,
    ),
    (
        "Example Co.: You are subscribed again. Msg frequency varies. Msg & data rates may apply."
        " Reply HELP for help, STOP to end.",
        Verdict.COULD_BE_OURS,
    ),
    (
        "【例示商会】12,800円のお支払いを確認いたしました。ありがとうございます。受付番号:A1B2C3D4",
        Verdict.COULD_BE_OURS,
    ),
]


@pytest.mark.parametrize("link", FOREIGN_LINKS)
def test_a_link_that_leads_elsewhere_is_found(link: str) -> None:
    assert judge(PAY.format(link), OURS) is Verdict.FOREIGN_LINK
    assert judge(link, OURS) is Verdict.FOREIGN_LINK


@pytest.mark.parametrize("number", FOREIGN_NUMBERS)
def test_a_telephone_number_that_is_not_ours_is_found(number: str) -> None:
    assert judge(f"【例示商会】至急{number}へお電話ください。", OURS) is Verdict.FOREIGN_NUMBER
    assert judge(f"12/31 23:59\n{number}\n", OURS) is Verdict.FOREIGN_NUMBER


@pytest.mark.parametrize(("pasted", "verdict"), CASES)
def test_a_text_is_judged_by_its_opening_and_where_it_leads(pasted: str, verdict: Verdict) -> None:
    assert judge(pasted, OURS) is verdict


@given(st.text(max_size=3000))
def test_any_text_gets_a_verdict(pasted: str) -> None:
    assert judge(pasted, OURS) in Verdict
    assert judge(f"{pasted[:100]}\nhttps://evil.example/", OURS) is Verdict.FOREIGN_LINK


def test_a_hostile_text_takes_no_time() -> None:
    for piece in ("1 ", "a.", "https://", "【例示商会】", "(0", "-1", "@", "期限:"):
        assert judge((piece * LONGEST)[:LONGEST], OURS) in Verdict

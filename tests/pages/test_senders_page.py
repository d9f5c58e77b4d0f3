"""The public page of our sender numbers: what it tells, whom it finds, what it says of a text."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, delete, select, update
from structlog.testing import capture_logs

from bot.app import create_app
from bot.senders.sender import Inbound, Route
from bot.store.tables import metadata, senders
from tests.pages.announcing import LEGAL_NAME, OLD, SHOP, Announcing, words
from tests.people import OURS

MIDNIGHT_IN_JAPAN = datetime(2026, 7, 15, 15, tzinfo=UTC)
PAY = "【例示商会】お支払いはこちら:https://sms.example.com/p/abc 期限12/31 23:59"


def test_the_page_tells_the_number_in_three_notations_and_whose_it_is(
    announcing: Announcing,
) -> None:
    shown = words(announcing.opens())

    for expected in ("050-0000-0001", "05000000001", OURS, LEGAL_NAME, "例示商会", "0120-000-000"):
        assert expected in shown
    for expected in (
        "sms.example.com",
        "国内の携帯電話会社",
        "「配信停止」とご返信",
        "お問い合わせへの",
    ):
        assert expected in shown
    assert "【例示商会】今後SMSでご案内をお送りしてもよろしいでしょうか。" in shown
    assert "【例示商会】お支払いはこちら:https://sms.example.com/p/x" in shown


def test_the_page_tells_the_same_in_english(announcing: Announcing) -> None:
    shown = words(announcing.opens(lang="en"))

    assert "The numbers Example Co. texts from" in shown
    assert "Example Co.: Please pay here: https://sms.example.com/p/" in shown
    assert "Reply STOP to end messages." in shown


def test_each_number_shows_that_a_stop_is_heard_and_how(announcing: Announcing) -> None:
    announcing.has(SHOP, legal_name="例示の店株式会社", inbound=Inbound.DROP)
    shown = words(announcing.opens())

    assert shown.count("配信停止 受付中") == 2
    assert "停止の方法 返信 / SMS内のリンク / お電話" in shown
    assert "停止の方法 SMS内のリンク / お電話" in shown
    assert "Ways to stop reply / link in a text / telephone" in words(announcing.opens(lang="en"))
    told = announcing.browser.get("/senders.json").get_json()["senders"]
    assert [one["ways_to_stop"] for one in told] == [
        ["reply", "link", "telephone"], ["link", "telephone"],
    ]  # fmt: skip


def test_a_browser_gets_its_own_language(announcing: Announcing) -> None:
    page = announcing.browser.get("/senders", headers={"Accept-Language": "en-US,en;q=0.9"})

    assert '<html lang="en">' in page.text
    assert '<html lang="ja">' in announcing.browser.get("/senders?lang=fr").text


def test_what_is_told_of_a_sender_stands_on_its_card(announcing: Announcing) -> None:
    announcing.has(
        SHOP,
        brand="例示の店",
        brand_en="Example Shop",
        legal_name="例示の店株式会社",
        support_phone="0120-999-999",
        postal_address="東京都例示区1-2-3",
        purposes_ja="お支払い期限のご案内",
        route=Route.INTERNATIONAL,
        displays={"docomo": "090-0000-0002", "SoftBank": "12345"},
        link_domains=("s.example.jp",),
    )
    shown = words(announcing.opens())

    for expected in (
        "例示の店株式会社",
        "0120-999-999",
        "東京都例示区1-2-3",
        "お支払い期限のご案内",
    ):
        assert expected in shown
    for expected in ("国際経由", "国際SMSの料金", "docomo: 090-0000-0002", "SoftBank: 12345"):
        assert expected in shown
    assert "その他: 0120-000-001" in shown
    assert "sms.example.com, s.example.jp" in shown
    assert "【例示の店】今後SMSで" in shown
    assert "お支払い期限のご案内" in words(announcing.opens(lang="en"))


def test_a_sender_that_drops_replies_says_so(announcing: Announcing) -> None:
    announcing.tells(inbound=Inbound.DROP)
    assert "お受けできません" in words(announcing.opens())


def test_a_new_sender_shows_once_it_is_enabled_and_a_retired_one_with_its_date(
    announcing: Announcing,
) -> None:
    announcing.does(lambda c: c.execute(senders.insert().values(number=SHOP)))
    assert "0120-000-001" not in announcing.opens().text

    announcing.has(OLD, retired=True)
    shown = words(announcing.opens())
    assert shown.index("使用を終了した番号") < shown.index("050-0000-0009")
    assert re.search(r"20\d\d年\d+月\d+日に使用を終了しました", shown)
    assert re.search(r"Not in use since \w+ \d+, 20\d\d", words(announcing.opens(lang="en")))


def test_without_a_sender_in_use_the_page_says_so(announcing: Announcing) -> None:
    announcing.retires()
    assert "使用している番号はありません" in words(announcing.opens())

    announcing.does(lambda c: c.execute(delete(senders)))
    assert "使用している番号はありません" in words(announcing.opens())


FOUND = [
    "050-0000-0001",
    "05000000001",
    "+815000000001",
    "０５０－００００－０００１",
    "81 50 0000 0001",
    "(050) 0000 0001",
    "050\u20110000\u20110001",
    " 050 0000 0001\x00",
    "5000000001",
    "12345",
    "１２３４５",
]
NOT_FOUND = [
    "050-0000-0002",
    "+12025550123",
    "MYBRAND",
    "0",
    "1234",
    "' OR 1=1 --",
    "名前",
    "%",
    "_" * 9 + "1",
    "9" * 10_000,
    "\x00a",
    "<script>alert(1)</script>",
]


@pytest.mark.parametrize("asked", FOUND)
def test_a_number_is_found_in_any_notation_and_as_a_carrier_shows_it(
    announcing: Announcing, asked: str
) -> None:
    announcing.tells(displays={"SoftBank": "12345"})
    page = announcing.opens(asked)

    assert "050-0000-0001は、当社の番号です" in words(page)
    assert "偽装されることがあります" in words(page)
    assert "is one of our numbers" in words(announcing.opens(asked, lang="en"))


@pytest.mark.parametrize("asked", NOT_FOUND)
def test_another_number_is_not_ours_whatever_is_asked(announcing: Announcing, asked: str) -> None:
    page = announcing.opens(asked)

    assert page.status_code == 200
    assert not re.search("当社の番号です|使用を終了した当社の番号", words(page))
    assert re.search("当社の番号ではありません|読み取れませんでした", words(page))
    assert "<script>alert" not in page.text
    assert len(page.data) < 30_000


def test_a_retired_number_is_found_with_its_date(announcing: Announcing) -> None:
    announcing.has(OLD, retired=True)
    shown = words(announcing.opens("050-0000-0009"))

    assert "050-0000-0009は、使用を終了した当社の番号です" in shown
    assert 'role="status"' in announcing.opens("050-0000-0009").text


TEXTS = [
    (PAY, "当社のSMSの可能性があります", "It could be ours"),
    (
        PAY.replace("sms.example.com", "sms.examp1e.com"),
        "リンクがあります",
        "a link that is not ours",
    ),
    (
        "【例示商会】至急、050-0000-0002へ。",
        "電話番号があります",
        "a phone number that is not ours",
    ),
    ("【例示商会】担当の山田です。", "定型の文面ではありません", "not in words we usually send"),
    ("荷物をお預かりしています。", "書き出しが異なります", "does not begin like our texts"),
    ("", "文面が入力されていません", "Nothing was entered"),
    ("\x00\x00", "文面が入力されていません", "Nothing was entered"),
    ("当" * 10_000, "長すぎます", "too long for a text message"),
]


@pytest.mark.parametrize(("text", "japanese", "english"), TEXTS)
def test_a_pasted_text_is_judged_with_caution(
    announcing: Announcing, text: str, japanese: str, english: str
) -> None:
    page = announcing.checks(text)

    assert page.status_code == 200
    assert japanese in words(page)
    assert english in words(announcing.checks(text, lang="en"))
    assert len(page.data) < 30_000
    assert not re.search("当社のSMSです", words(page))


def test_a_senders_own_domain_brand_and_telephone_are_ours(announcing: Announcing) -> None:
    announcing.has(
        SHOP, brand="例示の店", support_phone="0120-999-999", link_domains=("s.example.jp",)
    )

    for text in (PAY.replace("sms.example.com", "s.example.jp"), PAY.replace("商会", "の店")):
        assert "当社のSMSの可能性があります" in words(announcing.checks(text))
    told = "【例示の店】お手数ですが0120-999-999へお電話ください。"
    assert "電話番号があります" not in words(announcing.checks(told))


def test_a_pasted_text_is_neither_kept_nor_logged_and_stays_text(announcing: Announcing) -> None:
    before = everything(announcing)
    with capture_logs() as logs:
        page = announcing.checks("</textarea><script>alert('himitsu')</script>")

    assert "<script>alert" not in page.text
    assert "&lt;/textarea&gt;&lt;script&gt;" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.headers
    assert everything(announcing) == before
    assert logs == []


def everything(announcing: Announcing) -> list[object]:
    with announcing.runtime.engine.begin() as connection:
        return [list(connection.execute(select(table))) for table in metadata.sorted_tables]


def test_a_form_of_another_site_and_a_flood_are_refused(announcing: Announcing) -> None:
    assert announcing.checks(PAY, headers={"Origin": "https://evil.example"}).status_code == 403
    flood = announcing.checks("x" * 300_000)
    assert flood.status_code == 413
    assert "ページを表示できませんでした" in words(flood)


def test_the_page_may_be_found_and_kept_for_a_minute(announcing: Announcing) -> None:
    page = announcing.opens()

    assert page.headers["Cache-Control"] == "public, max-age=60"
    assert page.headers["Vary"] == "Accept-Language"
    assert "X-Robots-Tag" not in page.headers
    assert "noindex" not in page.text
    for expected in ("050-0000-0001", LEGAL_NAME):
        assert expected in re.findall('<meta name="description" content="([^"]*)">', page.text)[0]
    assert 'rel="canonical" href="https://sms.example.com/senders?lang=ja"' in page.text


def test_the_page_is_guarded_like_every_other(announcing: Announcing) -> None:
    for page in (announcing.opens(), announcing.checks(PAY), announcing.opens("x")):
        policy = page.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self';")
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        foreign = re.findall(r'(?:src|href)="((?:https?:)?//[^"]*)"', page.text)
        assert all(url.startswith("https://sms.example.com/senders") for url in foreign)
        assert " style=" not in page.text
        assert "<script src" not in page.text


def test_ten_numbers_stay_small_in_both_languages(announcing: Announcing) -> None:
    for last in range(2, 11):
        announcing.has(f"+8150000000{last:02}", displays={"au": "090-0000-0002"})
    for lang in ("ja", "en"):
        assert len(announcing.opens(lang=lang).data) < 30_000


def test_markup_in_the_registry_stays_text(announcing: Announcing) -> None:
    announcing.tells(legal_name="</script><b>x</b>", brand="<b>", purposes_ja='"><img src=x>')
    page = announcing.opens()

    assert not re.search("<b>|<img", page.text)
    data = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.S)
    assert json.loads(data[0])["contactPoint"][0]["telephone"] == OURS


def test_programs_get_the_same(announcing: Announcing) -> None:
    announcing.has(OLD, retired=True)
    announcing.tells(displays={"au": "090-0000-0002"}, purposes_en="Answers")
    answer = announcing.browser.get("/senders.json")
    ours, old = answer.get_json()["senders"]

    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert ours["notations"]["national"] == "050-0000-0001"
    assert (ours["brand"]["en"], ours["legal_name"]) == ("Example Co.", LEGAL_NAME)
    assert (ours["route"], ours["inbound"]) == ("domestic", "on")
    assert (ours["displays"], ours["purposes"]["en"]) == ({"au": "090-0000-0002"}, "Answers")
    assert ours["link_domains"] == ["sms.example.com"]
    assert ours["retired_at"] is None
    assert old["retired_at"].endswith("+00:00")
    assert "【例示商会】" in answer.get_json()["samples"]["ja"]["例示商会"]["sample_consent"]


def test_search_engines_are_led_to_both_languages(announcing: Announcing) -> None:
    sitemap = announcing.browser.get("/sitemap.xml")
    robots = announcing.browser.get("/robots.txt")

    assert sitemap.mimetype == "application/xml"
    for language in ("ja", "en"):
        assert f"<loc>https://sms.example.com/senders?lang={language}</loc>" in sitemap.text
    assert "Sitemap: https://sms.example.com/sitemap.xml" in robots.text


def test_a_short_domain_for_links_is_named_first(announcing: Announcing) -> None:
    short = Announcing.at(announcing.runtime, LINK_URL="https://s.example")

    assert "s.example, sms.example.com" in words(short.opens())
    assert "可能性があります" in words(short.checks(PAY.replace("sms.example.com", "s.example")))


def test_a_database_that_is_away_is_told_in_a_sentence(announcing: Announcing) -> None:
    nowhere = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/henji", hide_parameters=True)
    app = create_app(replace(announcing.runtime, engine=nowhere))
    page = app.test_client().get("/senders")

    assert page.status_code == 503
    assert "しばらくしてから" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_the_dates_are_those_of_japan(announcing: Announcing) -> None:
    announcing.does(lambda c: c.execute(update(senders).values(enabled_at=MIDNIGHT_IN_JAPAN)))
    assert "2026年7月16日から使用" in words(announcing.opens())

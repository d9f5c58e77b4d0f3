"""The opt-out page: looking changes nothing, one tap stops, and a wrong link tells no secret."""

from itertools import product

from sqlalchemy import delete

from bot.compliance import purposes
from bot.setting_types import OptOutScope
from bot.store.tables import opt_out_links as links
from tests.pages.announcing import Announcing, words
from tests.pages.opting import HANAKO, Opting
from tests.people import OURS

SCANNERS = [
    {},
    {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"},
    {"User-Agent": "facebookexternalhit/1.1"},
    {"User-Agent": "Slackbot-LinkExpanding 1.0"},
]


def test_looking_changes_nothing(opting: Opting) -> None:
    token = opting.agrees()
    before = opting.everything()
    for method, headers in product(("GET", "HEAD", "OPTIONS"), SCANNERS):
        for query in ("", "?lang=en&done=stop", "?choice=stop", "?choice=start"):
            page = opting.browser.open(f"/o/{token}{query}", method=method, headers=headers)
            assert page.status_code == 200

    assert opting.everything() == before


def test_the_page_tells_whose_texts_they_are_and_what_may_be_chosen(opting: Opting) -> None:
    shown = words(opting.opens(opting.agrees()))
    for expected in (
        "例示商会からのSMS",
        "送信番号 050-0000-0001",
        "すべてのSMSを停止する",
        "ご案内ごとに選ぶ",
    ):
        assert expected in shown
    assert "お支払いのご案内 配信中 月に4回まで" in shown
    assert "広告・キャンペーンのご案内 お申し込みなし 月に2回まで" in shown
    assert "090" not in shown


def test_the_page_tells_the_same_in_english(opting: Opting) -> None:
    shown = words(opting.opens(opting.agrees(), lang="en"))
    assert "stop texts from Example Co." in shown
    assert "Stop all texts" in shown
    assert "Payment notices On at most 4 messages a month" in shown


def test_without_a_wish_the_page_speaks_the_language_of_the_conversation(opting: Opting) -> None:
    english = opting.has_link("+12025550123")
    page = opting.browser.get(f"/o/{english}", headers={"Accept-Language": "ja"})
    assert '<html lang="en">' in page.text


def test_one_tap_stops_everything_and_another_starts_again(opting: Opting) -> None:
    token = opting.agrees()
    stopped = opting.taps(token)
    assert stopped.status_code == 200
    assert "SMSの配信を停止しました" in words(stopped)
    assert opting.texting.says(HANAKO, "残高") == []

    again = opting.taps(token, "start")
    assert "SMSの配信を再開しました" in words(again)
    assert "お支払いのご案内 配信中" in words(again)
    assert opting.texting.says(HANAKO, "ヘルプ") == ["common.help"]
    assert opting.steps()[-2:] == [("stopped", None, "web"), ("granted", "billing", "web")]


def test_who_agreed_to_nothing_can_stop_all_the_same(opting: Opting) -> None:
    token = opting.has_link()
    assert "SMSの配信を停止しました" in words(opting.taps(token))
    assert opting.steps() == [("stopped", None, "web")]


def test_a_bare_post_stops(opting: Opting) -> None:
    token = opting.agrees()
    assert opting.browser.post(f"/o/{token}").status_code == 303
    assert opting.steps()[-1] == ("stopped", None, "web")


def test_a_purpose_alone_stops_and_starts_again(opting: Opting) -> None:
    token = opting.agrees()
    page = opting.taps(token, "stop:promotions")
    assert "設定を変更しました" in words(page)
    assert "広告・キャンペーンのご案内 停止中" in words(page)
    assert "お支払いのご案内 配信中" in words(page)
    assert opting.texting.says(HANAKO, "ヘルプ") == ["common.help"]

    wording = purposes.current(purposes.shipped(), "promotions").wording
    assert all(text in page.text for text in wording.values() if not text.isascii())
    assert "広告・キャンペーンのご案内 配信中" in words(opting.taps(token, "start:promotions"))
    assert opting.steps()[-2:] == [
        ("stopped", "promotions", "web"),
        ("granted", "promotions", "web"),
    ]


def test_a_button_tapped_twice_is_one_step(opting: Opting) -> None:
    token = opting.agrees()
    before = len(opting.steps())
    for choice in ("stop", "stop", "stop:promotions", "start:promotions", "start", "start"):
        assert opting.taps(token, choice).status_code == 200
    assert len(opting.steps()) == before + 2


def test_the_ledger_keeps_what_proves_the_tap(opting: Opting) -> None:
    token = opting.agrees()
    opting.browser.post(f"/o/{token}?lang=en", headers={"User-Agent": "A Browser/1.0" * 99})
    opting.taps(token, "start")
    stopped, started = opting.entries()[-2:]

    assert (stopped["rule"], stopped["actor"], stopped["scope"]) == (
        "page /o/: stop",
        "person",
        "all",
    )
    evidence = stopped["evidence"]
    assert evidence["ip"] == "127.0.0.1"
    assert evidence["user_agent"].startswith("A Browser/1.0")
    assert len(evidence["user_agent"]) == 300
    assert (evidence["page_language"], evidence["shown"]) == ("en", "Stop all texts")
    assert evidence["url"] == "https://sms.example.com/o/"
    assert "月に4回まで" in started["evidence"]["shown"]
    assert "同意して配信を再開する" in started["evidence"]["shown"]
    assert token not in str(opting.entries())


UNREADABLE = ["", "go away", "stop:", "stop:nothing", "start:billing:x", "STOP", "\x00", "x" * 9999]


def test_an_unreadable_choice_is_said_and_changes_nothing(opting: Opting) -> None:
    token = opting.agrees()
    before = opting.everything()
    for choice in UNREADABLE:
        page = opting.taps(token, choice)
        assert page.status_code == 422, choice
        assert 'role="alert">お選びの内容を読み取れませんでした' in page.text

    assert opting.everything() == before
    assert opting.taps(token, "stop").status_code == 200


def test_links_that_lead_nowhere_are_one_page(opting: Opting) -> None:
    expired, erased = opting.has_link(), opting.has_link("+819000000002")
    opting.links_expire()
    with opting.runtime.engine.begin() as connection:
        connection.execute(delete(links).where(links.c.id == 2))
    before = opting.everything()
    wrong = [expired, erased, "x" * 12, "a", "é" * 12, "a/b/c", "x" * 2000, "%00", "%ff"]
    pages = [opting.opens(token) for token in wrong]
    pages += [
        opting.taps(token, choice) for token in (expired, "x" * 12) for choice in ("stop", "start")
    ]

    assert {page.status_code for page in pages} == {404}
    assert len({page.data for page in pages}) == 1
    shown = words(pages[0])
    assert "届いたSMSに「配信停止」とご返信ください" in shown
    assert "0120-000-000へお電話ください" in shown
    assert 'href="/senders?lang=ja"' in pages[0].text
    assert opting.everything() == before
    assert "Reply STOP to any of our texts" in words(opting.opens("x" * 12, lang="en"))


def test_a_link_keeps_working_after_it_was_used(opting: Opting) -> None:
    token, later = opting.has_link(), opting.has_link()
    for each in (token, later, token):
        opting.taps(each, "stop")
        opting.taps(each, "start")
    assert len(opting.steps()) == 6


def test_the_page_speaks_for_the_brand_of_its_sender(opting: Opting) -> None:
    Announcing(opting.runtime, opting.browser).tells(
        OURS, brand="例示の店", legal_name="例示の店株式会社", support_phone="0120-999-999"
    )
    shown = words(opting.opens(opting.has_link()))
    assert "例示の店株式会社からのSMS" in shown
    assert "0120-999-999" in shown


def test_the_pages_that_an_advertisement_leads_to_name_the_address_of_who_sends_it(
    opting: Opting,
) -> None:
    """The law asks for it in the text, or on the page that the text leads to."""
    told = {"legal_name": "例示の店株式会社", "postal_address": "東京都千代田区例示1-2-3"}
    Announcing(opting.runtime, opting.browser).tells(**told)
    token = opting.agrees()

    for page in (opting.opens(token), opting.browser.get("/join")):
        assert [each for each in told.values() if each not in words(page)] == []


def test_a_stop_that_reaches_one_number_only_says_so(opting: Opting) -> None:
    assert "ほかの番号" not in words(opting.taps(opting.has_link()))
    narrow = Opting.at(opting.runtime, HENJI_OPTOUT_SCOPE=OptOutScope.PAIR)
    assert "ほかの番号からのSMSは" in words(narrow.taps(narrow.has_link("+819000000002")))


def test_a_stop_by_page_takes_back_what_waits(opting: Opting) -> None:
    token = opting.agrees()
    opting.texting.hears(HANAKO, "ヘルプ")
    opting.taps(token)
    opting.texting.sends()
    assert opting.texting.new_keys() == []

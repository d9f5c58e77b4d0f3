"""The opt-in form: what is ticked is asked for by SMS, and no answer tells anything of a number."""

import hashlib
import re
from typing import Any

from sqlalchemy import select, text

from bot.compliance import audit, purposes
from bot.senders.sender import Inbound
from bot.store.tables import contacts, conversations
from tests.compliance.test_ledger import by_force
from tests.pages.announcing import OLD, SHOP, Announcing, words
from tests.pages.opting import HANAKO, Opting
from tests.people import OURS

KEYS = tuple(purposes.shipped())


def answers(opting: Opting) -> list[str]:
    """The scripts that leave now."""
    opting.texting.sends()
    return opting.texting.new_keys()


def test_the_form_tells_what_is_agreed_to_and_ticks_nothing(opting: Opting) -> None:
    page = Opting.at(opting.runtime, HENJI_POLICY_VERSION="2026-04-01").form()
    shown = words(page)

    assert page.status_code == 200
    assert "checked" not in page.text
    assert page.text.count('type="checkbox"') == len(KEYS) == 2
    for key in KEYS:
        document = purposes.current(purposes.shipped(), key)
        for texts in (document.title, document.frequency, document.wording):
            assert next(iter(texts.values())) in shown
    for expected in ("例示商会", "050-0000-0001", "同意して申し込む", "広告 月に2回まで"):
        assert expected in shown
    assert "プライバシーポリシー（2026-04-01）" in shown


def test_the_form_tells_the_same_in_english(opting: Opting) -> None:
    shown = words(opting.form("en"))
    for expected in ("Sign up for our texts", "Example Co.", "Msg & data rates may apply", "STOP"):
        assert expected in shown


def test_a_yes_of_the_owner_agrees_to_what_was_ticked_and_nothing_else(opting: Opting) -> None:
    sent = opting.fills_in()
    assert (sent.status_code, sent.location) == (303, "/join/sent?lang=ja")
    assert "確認のSMSをお送りします" in words(opting.browser.get(sent.location))
    assert answers(opting) == ["onboarding.confirm"]
    assert opting.texting.says(HANAKO, "はい") == ["onboarding.agreed"]

    assert opting.steps() == [("asked", "promotions", "web"), ("granted", "promotions", "sms")]


def test_every_box_is_asked_for_by_itself(opting: Opting) -> None:
    opting.fills_in(topics=KEYS)
    opting.texting.says(HANAKO, "いいえ")
    steps = [("asked", key, "web") for key in KEYS] + [("refused", key, "sms") for key in KEYS]
    assert opting.steps() == steps


NOTATIONS = [
    "09000000001",
    "090-0000-0001",
    "０９０ー００００ー０００１",
    "+81 90 0000 0001",
    "+81(0)90-0000-0001",
    "0081 90 0000 0001",
    " 090 0000 0001\u200e ",
]


def test_a_number_is_read_in_any_notation(opting: Opting) -> None:
    for notation in NOTATIONS:
        assert opting.fills_in(notation).status_code == 303, notation
    with opting.runtime.engine.begin() as connection:
        assert list(connection.execute(select(contacts.c.number)).scalars()) == [HANAKO]


def test_the_text_comes_in_the_language_that_was_chosen(opting: Opting) -> None:
    opting.fills_in(data={"language": "en"})
    answers(opting)
    assert opting.bodies()[-1].startswith("Example Co.: You asked for texts")
    with opting.runtime.engine.begin() as connection:
        assert connection.execute(select(conversations.c.language)).scalar_one() == "en"


def test_no_answer_tells_whether_a_number_is_known(opting: Opting) -> None:
    known = ["+819000000001", "+819000000002", "+819000000003", "+819000000004"]
    opting.texting.says(known[0], "配信停止")
    opting.agrees(known[1])
    opting.fills_in(known[2], KEYS)
    opting.texting.says(known[2], "はい")
    opting.texting.says(known[3], "しつこい")
    opting.texting.new_keys()
    before = opting.everything()

    pages = [opting.fills_in(number) for number in known]
    after = opting.everything()
    pages += [opting.fills_in("+819000000005")]
    told = {(page.status_code, page.data, page.location, *page.headers) for page in pages}
    assert len(told) == 1
    assert answers(opting) == ["onboarding.confirm"] * 2
    assert opting.bodies(known[0])[-1] != opting.bodies(known[1])[-1]
    assert [len(table) for table in before] != [len(table) for table in after]
    assert opting.texting.says(known[0], "残高") == []
    for silent in (known[0], known[3]):
        assert ("asked", "promotions", "web") not in opting.steps(silent)


def test_the_ledger_keeps_what_was_shown_and_ticked(opting: Opting) -> None:
    versioned = Opting.at(opting.runtime, HENJI_POLICY_VERSION="2026-04-01")
    agent = {"User-Agent": "A Browser/1.0"}
    versioned.fills_in(topics=KEYS, headers=agent, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    first, second = versioned.entries()
    evidence = first["evidence"]

    assert [one["purpose"] for one in (first, second)] == list(KEYS)
    assert (first["rule"], first["actor"], first["policy_version"]) == (
        "form /join",
        "person",
        "2026-04-01",
    )
    assert evidence["ip"] == "192.0.2.7"
    assert evidence["user_agent"] == "A Browser/1.0"
    assert (evidence["page_language"], evidence["kind"]) == ("ja", "checkbox")
    assert evidence["boxes"] == "billing, promotions"
    assert evidence["number"] == HANAKO
    assert evidence["url"] == "https://sms.example.com/join"
    assert re.fullmatch("[0-9a-f]{12}", evidence["form_version"])
    assert evidence["wording_hash"] == hashlib.sha256(evidence["wording"].encode()).hexdigest()
    assert "お申し込みを受け付けました" in evidence["shown"]
    page = words(versioned.form())
    for line in evidence["wording"].splitlines():
        for part in re.split(r" / | \(", line.strip("☐ []")):
            assert part.rstrip(")") in page


MISTAKES: list[tuple[dict[str, Any], str, str]] = [
    ({"number": ""}, "number", "携帯電話の番号をご入力ください"),
    ({"number": "  "}, "number", "携帯電話の番号をご入力ください"),
    ({"number": "090-0000"}, "number", "番号を読み取れませんでした"),
    ({"number": "やまだ"}, "number", "番号を読み取れませんでした"),
    ({"number": "<b>090</b>"}, "number", "番号を読み取れませんでした"),
    ({"number": "\x00"}, "number", "携帯電話の番号をご入力ください"),
    ({"number": "9" * 10_000}, "number", "番号を読み取れませんでした"),
    ({"number": "03-1234-5678"}, "number", "SMSを受信できない種類の番号"),
    ({"number": "0120-000-000"}, "number", "SMSを受信できない種類の番号"),
    ({"number": OURS}, "number", "当社の送信番号が入力されています"),
    ({"number": "+44 7700 900123"}, "number", "この国の番号には"),
    ({"topics": ()}, "topics", "受け取る内容を1つ以上"),
    ({"topics": ("nothing", "checked")}, "topics", "受け取る内容を1つ以上"),
    ({"number": "", "topics": ()}, "topics", "受け取る内容を1つ以上"),
]


def test_mistakes_are_told_by_field_and_what_was_entered_stays(opting: Opting) -> None:
    before = opting.everything()
    for given, field, said in MISTAKES:
        page = opting.fills_in(**given)
        assert page.status_code == 422, given
        summary = page.text.partition('role="alert"')[2].partition("</div>")[0]
        assert f'href="#{field}"' in summary
        assert said in words(page)
        assert said in page.text.partition(f'id="{field}-problem"')[2]
        assert page.text.count(" checked") == len({*given.get("topics", ["promotions"])} & {*KEYS})
        number = given.get("number", "090-0000-0001").strip()
        if number.isascii() and number.isprintable() and "<" not in number:
            assert f'value="{number[:64]}"' in page.text
        assert "<b>" not in page.text
    assert 'aria-invalid="true"' in opting.fills_in("").text

    assert opting.everything() == before
    assert opting.queued() == []


def test_a_form_that_has_changed_since_is_shown_again_without_ticks(opting: Opting) -> None:
    for stale in ("", "made up", "x" * 9999):
        page = opting.fills_in(data={"form": stale})
        assert page.status_code == 409
        assert "フォームの内容が新しくなりました" in words(page)
        assert "checked" not in page.text
        assert 'value="090-0000-0001"' in page.text
    newer = Opting.at(opting.runtime, HENJI_POLICY_VERSION="2026-10-01")
    old = re.search(r'name="form" value="([^"]*)"', opting.form().text)
    assert old is not None
    assert newer.fills_in(data={"form": old[1]}).status_code == 409
    assert opting.queued() == []


def test_the_form_speaks_for_the_sender_that_is_asked_for(opting: Opting) -> None:
    registry = Announcing(opting.runtime, opting.browser)
    registry.has(SHOP, brand="例示の店", legal_name="例示の店株式会社")
    query = "&sender=0120-000-001"
    shown = words(opting.form(query=query))
    assert "例示の店株式会社からお送りするSMS" in shown
    assert "0120-000-001" in shown
    sent = opting.fills_in(query=query)
    assert "0120-000-001" in words(opting.browser.get(sent.location))
    answers(opting)
    assert opting.bodies()[-1].startswith("【例示の店】SMS配信のお申し込み")


def test_a_form_that_nobody_could_answer_is_closed(opting: Opting) -> None:
    registry = Announcing(opting.runtime, opting.browser)
    registry.has(OLD, retired=True, legal_name="例示商会株式会社")
    for query in (f"&sender={OLD}", "&sender=nobody", "&sender=%00"):
        for page in (opting.form(query=query), opting.fills_in(query=query)):
            assert page.status_code == 404
            assert "お申し込みを受け付けていません" in words(page)

    registry.tells(inbound=Inbound.DROP)
    assert opting.form().status_code == opting.fills_in().status_code == 404
    assert opting.browser.get("/join/sent").status_code == 404
    assert opting.queued() == []


def test_a_person_alone_starts_stops_and_starts_again_by_text_and_by_web(opting: Opting) -> None:
    opting.fills_in(topics=KEYS)
    answers(opting)
    assert opting.texting.says(HANAKO, "はい") == ["onboarding.agreed"]
    token = opting.token_in(opting.bodies()[-1])
    opting.taps(token, "stop:promotions")
    opting.taps(token, "start:promotions")
    opting.taps(token, "stop")
    assert opting.texting.says(HANAKO, "残高") == []
    assert opting.texting.says(HANAKO, "配信開始") == ["consent.restarted"]
    assert opting.texting.says(HANAKO, "STOP") == ["consent.stopped"]
    opting.taps(token, "start")
    assert opting.texting.says(HANAKO, "ヘルプ") == ["common.help"]

    assert opting.steps() == [
        ("asked", "billing", "web"),
        ("asked", "promotions", "web"),
        ("granted", "billing", "sms"),
        ("granted", "promotions", "sms"),
        ("stopped", "promotions", "web"),
        ("granted", "promotions", "web"),
        ("stopped", None, "web"),
        ("granted", "billing", "sms"),
        ("stopped", None, "sms"),
        ("granted", "billing", "web"),
    ]

    every_flipped_byte_is_found(opting)


def every_flipped_byte_is_found(opting: Opting) -> None:
    """Flip a byte of each entry's words, hash and evidence in turn; verify names the entry."""
    engine = opting.runtime.engine
    for entry in opting.entries():
        where = f"hash = '{entry['hash']}'"
        with engine.begin() as connection:
            sealed = text(f"SELECT sealed FROM consent_evidence WHERE {where}")
            evidence = connection.execute(sealed).scalar_one()
        for table, column, value in (
            ("consent_events", "rule", entry["rule"]),
            ("consent_events", "previous", entry["previous"]),
            ("consent_evidence", "sealed", evidence),
        ):
            change = f"UPDATE {table} SET {column} = '%s' WHERE {where}"
            by_force(engine, change % (chr(ord(value[0]) ^ 1) + value[1:]))
            with engine.begin() as connection:
                broken = audit.verify(connection).broken
            assert broken is not None, (table, column)
            assert broken.entry == entry["id"]
            by_force(engine, change % value)
    assert len(opting.steps()) == 10

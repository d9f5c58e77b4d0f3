"""Campaigns in the console: what, to whom, checked, approved by another, sent, each row told."""

import html
import io
import re
from dataclasses import replace

import pytest
from sqlalchemy import insert

from bot.compliance import countries
from bot.staff import departments
from bot.staff.roles import WORKING, Role
from bot.store.tables import campaigns, senders
from bot.text.language import Language
from tests.campaigns.crowd import REMINDER, Crowd, customer_number, number
from tests.console.working import Browser, Working
from tests.messaging.campaign import DAY, NIGHT
from tests.people import Texting

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

CAMPAIGNS = "/console/campaigns"
ONE = f"{CAMPAIGNS}/1"
FORM = {
    "name": "december",
    "sender": "1",
    "kind": "dunning",
    "purpose": "billing",
    "script": "campaign.reminder",
}
NEWS = {
    **FORM,
    "name": "moving",
    "kind": "notice",
    "script": "campaign.notice_on_page",
    "text_policy": "short",
    "message_ja": "{name}様\r\n\r\n本社を移転いたします <b。",
    "message_en": "Dear {name},\r\n\r\nwe are moving.",
}


@pytest.fixture
def crowd(texting: Texting, monkeypatch: pytest.MonkeyPatch) -> Crowd:
    """Three customers who agreed; it is day everywhere."""
    monkeypatch.setattr(countries, "shipped", lambda: DAY)
    crowd = Crowd(texting)
    crowd.gathers(3)
    return crowd


def makes(browser: Browser, **other: str) -> Browser:
    return browser.get(f"{CAMPAIGNS}/new").post(f"{CAMPAIGNS}/new", **{**FORM, **other})


def uploads(browser: Browser, *lines: str) -> Browser:
    file = io.BytesIO("\n".join(("customer_number", *lines)).encode())
    return browser.get(ONE).post(f"{ONE}/people", file=(file, "people.csv"))


def test_a_campaign_goes_its_four_steps(crowd: Crowd, working: Working) -> None:
    jiro, ken = working.employs("Jiro"), working.employs("Ken")
    makes(jiro).follow()
    assert "There is nobody yet" in jiro.page
    told = uploads(jiro, customer_number(1), "C0009999", "x", customer_number(2)).page
    assert ("Line 3: no such customer number" in re.sub(r"<[^>]+>", "", told)) is True
    assert "Line 4:" in re.sub(r"<[^>]+>", "", told)
    assert "people: 2" in jiro.get(f"{ONE}?check=1").page
    assert "Sent at once" in jiro.page

    own = jiro.get(ONE).post(f"{ONE}/approve")
    assert (own.status, "a second person must approve" in own.page) == (422, True)
    assert jiro.get(ONE).post(f"{ONE}/start").status == 422
    ken.get(ONE).post(f"{ONE}/approve").follow()
    jiro.get(ONE).post(f"{ONE}/start").follow()
    assert "Sending" in jiro.page
    assert crowd.queues() == 2
    crowd.texting.sends()

    page = jiro.get(ONE).page
    assert page.count("090-****-000") == 2
    assert "+8190" not in page
    assert len(re.findall(r"<td>(?:Sent|Delivered)</td>", page)) == 2
    acts = [(act.act, act.actor) for act in working.acts() if act.act.startswith("campaign")]
    assert acts == [
        ("campaign_add", "staff:Jiro"),
        ("campaign_people", "staff:Jiro"),
        ("campaign_approve", "staff:Ken"),
        ("campaign_start", "staff:Jiro"),
    ]


def test_whoever_approves_reads_what_the_page_will_show(crowd: Crowd, working: Working) -> None:
    crowd.plans(1, replace(REMINDER, message_ja="一行目 < 二行目\n\n三行目"))

    assert "一行目 < 二行目\n\n三行目" in working.employs("Ken").get(ONE).page


def test_a_short_notice_with_a_message_goes_its_four_steps(crowd: Crowd, working: Working) -> None:
    jiro, ken = working.employs("Jiro"), working.employs("Ken")
    makes(jiro, **NEWS).follow()
    [made] = crowd.finds(campaigns)
    assert (made.text_policy, made.message_en) == ("short", "Dear {name},\n\nwe are moving.")
    uploads(jiro, customer_number(1)).follow()
    assert "Short: one segment" in ken.get(ONE).page
    assert "本社を移転いたします &lt;b。" in ken.answer.text

    ken.post(f"{ONE}/approve").follow()
    jiro.get(ONE).post(f"{ONE}/start").follow()
    assert crowd.queues("moving") == 1
    crowd.texting.sends()
    [body] = crowd.runtime.provider.bodies(number(1))  # type: ignore[attr-defined]
    assert "/p/" in body
    assert "移転" not in body


def test_who_is_put_off_is_told_with_the_next_turn(
    crowd: Crowd, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(countries, "shipped", lambda: NIGHT)
    crowd.plans(2)
    crowd.starts()
    crowd.queues()
    jiro, hanako = working.employs("Jiro"), working.employs("Hanako", language=Language.JA)

    assert "Put off 2, the first until" in jiro.get(ONE).page
    assert "あとで送信 2（最も早い方は" in hanako.get(ONE).page


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"message_ja": "<b>{{name}}"}, "ページの本文（日本語）を保存できません：4文字目"),
        ({"message_en": "{url}"}, "（英語）を保存できません：{url}には、ページで入る値が"),
        ({"message_ja": "https://bit.ly/x"}, "（日本語）：bit.lyは公開の短縮URL"),
        ({"script": "campaign.notice"}, "がないため、ページの本文をお読みいただけません"),
        ({"kind": "promotion", "purpose": "promotions"}, "本人確認のあとのページに本文を"),
        ({"kind": "dunning", "script": "campaign.reminder"}, "（短文）では70文字まで"),
        ({"text_policy": "x"}, "一覧から選んでください"),
    ],
)
def test_a_refused_message_is_told_in_japanese_and_what_was_typed_stays(
    crowd: Crowd, working: Working, other: dict[str, str], says: str
) -> None:
    jiro = working.employs("Jiro", language=Language.JA)
    typed = {**NEWS, **other}

    assert makes(jiro, **typed).status == 422
    assert says in jiro.page
    assert crowd.finds(campaigns) == []
    boxes = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>([^<]*)</textarea>', jiro.answer.text)
    kept = {name: html.unescape(text) for name, text in boxes}
    assert kept == {name: typed[name] for name in ("message_ja", "message_en")}
    chosen = re.findall(r'<option value="(\w+)" selected>', jiro.page)
    assert ("short" in chosen) == (typed["text_policy"] == "short")


def test_it_is_stopped_for_a_reason(crowd: Crowd, working: Working) -> None:
    crowd.plans(2)
    crowd.starts()
    jiro = working.employs("Jiro")

    assert jiro.get(ONE).post(f"{ONE}/stop", reason=" ").status == 422
    jiro.get(ONE).post(f"{ONE}/stop", reason="a wrong text").follow()
    assert ("Stopped" in jiro.page, "a wrong text" in jiro.page) == (True, True)


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"name": " "}, "visible characters"),
        ({"purpose": "promotions"}, "is for a promotion only"),
        ({"script": "common.help"}, "no text for campaigns"),
        ({"kind": "x"}, "offers no such choice"),
        ({"sender": "x"}, "offers no such choice"),
        ({"hours": "at night"}, "Mon-Fri 10:00-17:00"),
    ],
)
def test_what_is_no_campaign_is_refused_with_a_sentence(
    crowd: Crowd, working: Working, other: dict[str, str], says: str
) -> None:
    refused = makes(working.employs("Jiro"), **other)

    assert refused.status == 422
    assert says in refused.page


def test_what_is_no_file_is_refused(crowd: Crowd, working: Working) -> None:
    crowd.plans(0)
    jiro = working.employs("Jiro")

    assert jiro.get(ONE).post(f"{ONE}/people").status == 422
    file = (io.BytesIO(b"name\nx"), "people.csv")
    refused = jiro.get(ONE).post(f"{ONE}/people", file=file)
    assert (refused.status, "must name the column" in refused.page) == (422, True)


@pytest.mark.parametrize("role", sorted(WORKING))
def test_everybody_reads_and_operators_act(crowd: Crowd, working: Working, role: Role) -> None:
    crowd.plans(1)
    browser = working.employs("Mika", role)
    may = role in {Role.ADMINISTRATOR, Role.OPERATOR}

    assert REMINDER.name in browser.get(CAMPAIGNS).page
    assert ("Upload" in browser.get(ONE).page) == may
    assert (makes(browser, name="january").status == 303) == may


def test_a_department_has_its_own_senders_campaigns(crowd: Crowd, working: Working) -> None:
    crowd.plans(1)
    with working.runtime.engine.begin() as connection:
        connection.execute(insert(senders).values(number="+815000000002"))
        osaka = departments.add(connection, "大阪")
        departments.change(connection, osaka, "大阪", [2])
    outsider = working.employs("Osamu", department_id=osaka)

    assert REMINDER.name not in outsider.get(CAMPAIGNS).page
    assert outsider.get(ONE).status == 404
    assert makes(outsider, name="january").status == 422
    assert makes(outsider, name="january", sender="").status == 422
    token = outsider.get("/console/account").page.split('csrf_token" value="')[1].split('"')[0]
    for act in ("people", "approve", "start", "stop"):
        assert outsider.post(f"{ONE}/{act}", token=token, reason="x").status == 404

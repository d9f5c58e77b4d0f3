"""The phone: who it can be, what it shows, and what it tells while it happens."""

import json
import re

import pytest
from twilio.rest import Client

from bot.text import segments
from bot.text.language import Language
from handset.faults import Fault
from handset.words import words
from tests.handset.conftest import Http
from tests.handset.recording_bot import RecordingBot

HANAKO, US = "+819000000001", "+815000000000"
BAD_TEXTS = {
    "no sender": {"body": "残高"},
    "a sender that is none": {"from": "Hanako", "body": "残高"},
    "a recipient that is none": {"from": HANAKO, "to": "Henji", "body": "残高"},
    "no text": {"from": HANAKO, "body": ""},
    "a text that is a number": {"from": HANAKO, "body": 1234},
    "a text too long": {"from": HANAKO, "body": "あ" * 1601},
    "half a character": {"from": HANAKO, "body": "\ud83d"},
    "a SID that is none": {"from": HANAKO, "body": "残高", "sid": "SM1"},
    "a list": ["残高"],
}


@pytest.mark.parametrize("text", BAD_TEXTS.values(), ids=BAD_TEXTS)
def test_a_text_that_cannot_be_sent_is_refused(http: Http, text: object) -> None:
    answer = http.post("/phone/texts", json=text)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_form_of_another_site_is_refused(http: Http) -> None:
    answer = http.post("/phone/texts", data='{"from": "+819000000001", "body": "残高"}'.encode())
    assert answer.status_code == 415


def test_a_phone_shows_both_directions_in_order(
    client: Client, http: Http, bot: RecordingBot
) -> None:
    first = http.post("/phone/texts", json={"from": HANAKO, "body": "残高"}).json()
    bot.wait_for(1)
    client.messages.create(to=HANAKO, from_=US, body="お客様番号の下4桁をお送りください")
    client.messages.create(to="+819000000002", from_=US, body="for someone else")
    shown = http.get("/phone/messages", params={"number": HANAKO}).json()["messages"]
    assert [message["direction"] for message in shown] == ["inbound", "outbound-api"]
    later = {"number": HANAKO, "after": first["id"]}
    [reply] = http.get("/phone/messages", params=later).json()["messages"]
    assert reply["sid"] == shown[1]["sid"]


def test_a_text_shows_what_it_costs(http: Http) -> None:
    text = http.post("/phone/texts", json={"from": HANAKO, "body": "あ" * 71}).json()
    assert (text["characters"], text["encoding"], text["segments"]) == (71, "UCS-2", 2)


@pytest.mark.parametrize("body", ["", "HELP", "残高", "😊" * 40, "[" * 81])
def test_the_size_of_a_draft_is_the_bots_own_count(http: Http, body: str) -> None:
    size = http.post("/phone/size", json={"body": body}).json()
    assert size == {"characters": len(body)} | vars(segments.count(body))


def test_the_people_are_the_seeded_ones_and_whoever_wrote(http: Http) -> None:
    http.post("/phone/texts", json={"from": "+12025550199", "body": "Hi"})
    people = http.get("/phone/people").json()["people"]
    assert [person["name"] for person in people[:2]] == ["山田 花子", "佐藤 健一"]
    assert people[0]["code"] == "1234"
    assert (people[-1]["number"], people[-1]["last"]["body"]) == ("+12025550199", "Hi")


def test_a_number_is_understood_in_any_notation(http: Http) -> None:
    written = {"written": "０９０－００００－０００１"}
    assert http.get("/phone/number", params=written).json() == {"number": HANAKO}
    assert http.get("/phone/number", params={"written": "Hanako"}).status_code == 400


def test_the_events_tell_every_step_of_a_text(http: Http, bot: RecordingBot) -> None:
    with http.get("/events", stream=True) as stream:
        lines = stream.iter_lines(chunk_size=1)
        sent = http.post("/phone/texts", json={"from": HANAKO, "body": "残高"}).json()
        told = [json.loads(line[6:]) for line in lines_until(lines, b'"tick": "delivered"')]
    assert [event["tick"] for event in told] == ["sent", "delivered"]
    assert {event["sid"] for event in told} == {sent["sid"]}


def lines_until(lines: object, last: bytes) -> list[bytes]:
    data = []
    for line in lines:
        if line.startswith(b"data: "):
            data.append(line)
        if last in line:
            return data
    raise AssertionError("the stream ended")


def test_a_browser_that_was_away_hears_what_it_missed(http: Http) -> None:
    sent = http.post("/phone/texts", json={"from": HANAKO, "body": "残高"}).json()
    with http.get("/events", headers={"Last-Event-ID": "0"}, stream=True) as stream:
        [line] = lines_until(stream.iter_lines(chunk_size=1), sent["sid"].encode())
    assert json.loads(line[6:])["body"] == "残高"
    changes = http.get("/phone/changes", params={"since": 0}).json()["messages"]
    assert [message["sid"] for message in changes] == [sent["sid"]]


@pytest.mark.parametrize(
    ("accepted", "chosen", "language"),
    [("ja,en;q=0.5", "", "ja"), ("en-US,en", "", "en"), ("fr", "", "en"), ("ja", "?lang=en", "en")],
)
def test_the_page_speaks_the_language_one_reads(
    http: Http, accepted: str, chosen: str, language: str
) -> None:
    page = http.get(f"/{chosen}", headers={"Accept-Language": accepted})
    assert f'<html lang="{language}">' in page.text
    assert words(Language(language))["phone"]["pick"] in page.text
    assert {"ja": "ヘンジ電力", "en": "Henji Power"}[language] in page.text


def test_a_chosen_language_is_remembered(http: Http) -> None:
    http.get("/?lang=ja", headers={"Accept-Language": "en"})
    assert '<html lang="ja">' in http.get("/", headers={"Accept-Language": "en"}).text


def test_the_page_runs_nothing_but_its_own_files(http: Http) -> None:
    page = http.get("/")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", page.text)
    assets = re.findall(r'(?:src|href)="(/[^"]*)"', page.text)
    assert len(assets) > 3
    assert all(http.get(asset).status_code == 200 for asset in assets)


def test_both_languages_have_the_same_words() -> None:
    japanese, english = words(Language.JA), words(Language.EN)
    for page in ("phone", "pay"):
        assert japanese[page].keys() == english[page].keys()
    names = {fault.value for fault in Fault}
    assert set(japanese["phone"]["fault_names"]) == set(english["phone"]["fault_names"]) == names


def test_the_handset_says_that_it_lives(http: Http) -> None:
    assert http.get("/healthz").status_code == 200

"""Who writes first may put a content behind the link of the text, and a password before it."""

import re
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from bot import rotation
from bot.billing import links
from bot.compliance import countries
from bot.setting_types import Question
from bot.store.crypto import Vault
from bot.store.tables import link_contents, payment_events, payment_links
from tests.console.test_conversations import Day, token_of
from tests.console.test_first import NEW, writes
from tests.console.working import Browser, Working
from tests.messaging.campaign import DAY
from tests.pages.reading import words
from tests.people import Texting

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TEXT = "例示商会です。お約束の書類はこちらです。{url} 停止は「配信停止」とご返信ください。"
CONTENT = "受付番号は見本77です。\r\n\r\n<b>3階</b>の窓口へお越しください。"
SECRET, PASSWORD = "見本77", "Ajisai-42"
BEHIND = {"text": TEXT, "content": CONTENT, "password": PASSWORD}


@dataclass
class Reader:
    """Who got the text, at her browser."""

    browser: FlaskClient
    path: str

    def opens(self) -> TestResponse:
        return self.browser.get(f"{self.path}?lang=ja")

    def answers(self, password: str, question: str = "password") -> TestResponse:
        return self.browser.post(f"{self.path}?lang=ja", data={question: password})


@pytest.fixture
def day(working: Working, texting: Texting, monkeypatch: pytest.MonkeyPatch) -> Day:
    """Hanako, who owes 12,800 yen, agreed to be written to; it is day."""
    monkeypatch.setattr(countries, "shipped", lambda: DAY)
    day = Day(working, texting)
    day.hears("はい", "はい")
    return day


@pytest.fixture
def jiro(working: Working) -> Browser:
    return working.employs("Jiro")


def gets(day: Day, jiro: Browser, **form: str) -> Reader:
    """She has the text with its link."""
    writes(jiro, **{**BEHIND, **form}).follow()
    day.texting.sends()
    found = re.search(r"https?://[^/\s]+(/p/\w+)", day.sent()[-1])
    assert found, day.sent()
    return Reader(day.working.app.test_client(), found[1])


def kept(day: Day, statement: Any) -> list[Any]:
    with day.working.runtime.engine.connect() as connection:
        return list(connection.execute(statement).scalars())


def test_a_page_asks_for_the_password_and_tells_then(day: Day, jiro: Browser) -> None:
    reader = gets(day, jiro)
    assert "{url}" not in day.sent()[-1]

    asked = reader.opens()
    assert 'type="password"' in asked.text
    assert "確認のあとに、お知らせをお見せします" in words(asked)
    wrong = reader.answers("ajisai-42")
    assert wrong.status_code == 422
    assert not any(SECRET in page.text for page in (asked, wrong))
    assert reader.answers(PASSWORD).status_code == 303

    told = reader.opens()
    assert "受付番号は見本77です。 <b>3階</b>の窓口へお越しください。" in words(told)
    assert not any(word in told.text for word in ("12,800", "山田", "お支払い"))
    kinds = kept(day, select(payment_events.c.kind).order_by(payment_events.c.id))
    assert kinds == ["opened", "wrong_answer", "verified", "viewed"]
    assert SECRET not in day.working.app.test_client().get(reader.path).text


def test_nothing_can_be_paid_through_it_and_a_payment_does_not_end_it(
    day: Day, jiro: Browser
) -> None:
    reader = gets(day, jiro)
    reader.answers(PASSWORD)

    paid = reader.browser.post(f"{reader.path}/pay", data={"amount": "12800"})
    assert paid.headers["Location"].startswith(reader.path)
    with day.working.runtime.engine.begin() as connection:
        links.revoke(connection, 1)
        links.replace(connection, 1)
    assert kept(day, select(payment_links.c.status)) == ["open"]
    assert SECRET in reader.opens().text
    day.hears("停止")
    assert reader.opens().status_code == 404


def test_five_wrong_passwords_lock_it(day: Day, jiro: Browser) -> None:
    reader = gets(day, jiro)

    told = [reader.answers(f"wrong-{count}").status_code for count in range(5)]
    right = reader.answers(PASSWORD)

    assert told == [422] * 4 + [429]
    assert (right.status_code, SECRET in right.text) == (429, False)


def test_it_is_in_no_log_and_not_to_be_read_in_the_tables(
    day: Day, jiro: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    reader = gets(day, jiro)
    reader.answers("wrong")
    reader.answers(PASSWORD)
    reader.opens()

    logged = "".join(capsys.readouterr())
    with day.working.runtime.engine.connect() as connection:
        (row,) = connection.execute(select(link_contents)).all()
    for secret in (SECRET, PASSWORD):
        assert secret not in logged
        assert secret not in str(row)
        assert secret not in str(day.working.acts())
        assert secret not in jiro.get("/console/conversations/1").page


def test_without_a_password_the_page_asks_its_usual_questions(day: Day, jiro: Browser) -> None:
    reader = gets(day, jiro, password="")

    assert 'name="digits"' in reader.opens().text
    assert reader.answers("1234", "digits").status_code == 303
    assert SECRET in reader.opens().text


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"text": TEXT.replace("{url}", "")}, "write {url} in the text"),
        ({"content": " "}, "no content for a page"),
        ({"content": " ", "password": ""}, "no content for a page"),
        ({"content": "あ" * 2001}, "too long"),
        ({"password": "abc"}, "4 to 64 characters"),
        ({"number": "090-0000-0002"}, "no customer's"),
    ],
)
def test_what_does_not_go_together_is_refused_and_what_was_typed_stays(
    day: Day, jiro: Browser, form: dict[str, str], says: str
) -> None:
    sent = {**BEHIND, **form}
    refused = writes(jiro, **sent)

    assert (refused.status, says in refused.page) == (422, True)
    assert sent["text"] in refused.page
    assert sent["content"].strip() in refused.page.replace("\n", "\r\n").replace("\r\r", "\r")
    assert PASSWORD not in refused.page
    assert kept(day, select(func.count()).select_from(link_contents)) == [0]


def test_who_could_not_answer_needs_a_password(day: Day, jiro: Browser) -> None:
    settings = day.working.runtime.settings.model_copy(update={"HENJI_QUESTIONS": "birth_date"})
    assert settings.questions == (Question.BIRTH_DATE,)
    asking = Working.at(replace(day.working.runtime, settings=settings)).employs("Ken")

    assert "choose a password" in writes(asking, **{**BEHIND, "password": ""}).page


def test_what_the_gate_refuses_leaves_no_link(day: Day, jiro: Browser) -> None:
    day.hears("停止")

    refused = writes(jiro, **BEHIND)
    assert "the recipient stopped" in refused.page
    assert (SECRET in refused.page, PASSWORD in refused.page) == (True, False)
    assert kept(day, select(func.count()).select_from(payment_links)) == [0]


def test_the_length_is_that_with_the_address(day: Day, jiro: Browser) -> None:
    counted = jiro.get(NEW).post(f"{NEW}/count", token=token_of(jiro), text=TEXT).page
    gets(day, jiro)

    assert f"{len(day.sent()[-1])} characters" in counted


def test_contents_are_sealed_anew_and_passwords_end_with_their_links(
    day: Day, jiro: Browser
) -> None:
    reader = gets(day, jiro)
    runtime = day.working.runtime
    both = Vault("a new key for tests alone", *runtime.settings.secret_keys)

    rotation.rotate(runtime.engine, both)
    with runtime.engine.connect() as connection:
        left = rotation.left(connection, both)
    assert (left.contents, left.passwords) == (0, 1)
    reread = replace(reader, browser=Working.at(replace(runtime, vault=both)).app.test_client())
    assert reread.answers(PASSWORD).status_code == 303
    assert SECRET in reread.opens().text

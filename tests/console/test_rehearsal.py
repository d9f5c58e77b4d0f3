"""Staff try words out: as an invented person, on what people wrote, and in pictures of flows."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update

from bot.rehearsal import stage
from bot.rehearsal.talks import MOST_TURNS
from bot.runtime import Runtime
from bot.scripts import drafts
from bot.staff import departments
from bot.staff.roles import Role
from bot.store.session import transact
from bot.store.tables import (
    conversations,
    inbound_messages,
    outbound_messages,
    script_talks,
    senders,
)
from bot.text.format import TOKYO
from bot.text.language import Language
from console.rehearsal import dry_run, replay
from tests.carrier import Carrier
from tests.console.working import Browser, Working
from tests.people import Texting, add_customer
from tests.scripts.publishing import EN, JA, draft, says

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HANAKO, TARO = "+819000000001", "+819000000002"
EVIL = '<script>alert("x")</script>'
ROOM = "/console/rehearsal"
SATO = "staff:Sato"


@pytest.fixture
def sato(working: Working) -> Browser:
    return working.employs("Sato", Role.EDITOR)


def says_to_bot(browser: Browser, *texts: str, who: str = "blunt", draft_id: object = "") -> str:
    """A talk so far, as the page's form has it."""
    browser.get(ROOM)
    browser.post(ROOM, said=list(texts), who=who, draft=str(draft_id))
    return browser.page


def pay_draft(runtime: Runtime, author: str = SATO) -> int:
    """A draft with which お会計 means PAY."""
    words = [*runtime.edition.keywords[JA]["PAY"], "お会計"]
    return draft(runtime, {("keywords.PAY", JA): {"words": words}}, author)


def reply_draft(runtime: Runtime, author: str = SATO) -> int:
    """A draft that says otherwise who is not registered."""
    changes = {
        ("balance.not_registered", JA): says("【{brand}】ご登録が見つかりません。{contact}。"),
        ("balance.not_registered", EN): says("{brand}: You are not registered. {contact}."),
    }
    return draft(runtime, changes, author)


def kept(runtime: Runtime) -> list[int]:
    """How many rows the tables of conversations have, and the audit log of talks."""
    tables = (conversations, inbound_messages, outbound_messages, script_talks)
    with runtime.engine.connect() as connection:
        return [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables
        ]


def test_the_bot_answers_with_states_trace_and_gate_beside_each_reply(sato: Browser) -> None:
    page = says_to_bot(sato, "残高", "1234")

    assert sato.status == 200
    for told in (
        "12,800円",
        "balance.answer",
        "exact",
        "May it be sent?",
        "Answers what was just written",
        f'href="{ROOM}/flows/balance?state=ask_digits"',
    ):
        assert told in page
    # What was said so far is in the form, and the page asks for the next text.
    assert page.count('<input type="hidden" name="said" value="残高">') == 2
    assert "Start over" in page


def test_stop_send_and_start_show_in_the_transitions(sato: Browser) -> None:
    page = says_to_bot(sato, "停止", "残高", "配信開始")

    assert "consent.stopped" in page
    assert "No answer" in page
    assert "consent.restarted" in page
    assert re.findall(r"<dt>Consent</dt><dd>(\w+)", page) == ["Stopped", "Stopped", "Granted"]


def test_nothing_is_kept_or_sent_of_a_talk(
    working: Working, sato: Browser, carrier: Carrier
) -> None:
    says_to_bot(sato, "残高", "1234", "停止")

    assert kept(working.runtime) == [0, 0, 0, 0]
    assert carrier.accepted == []


def test_a_draft_is_tried_before_it_is_published(working: Working, sato: Browser) -> None:
    draft_id = pay_draft(working.runtime)

    assert f'<option value="{draft_id}">Draft {draft_id} (Sato)' in sato.get(ROOM).page
    assert "payment.account" not in says_to_bot(sato, "お会計")
    assert "payment." in says_to_bot(sato, "お会計", draft_id=draft_id)


def test_two_who_try_at_once_do_not_disturb_each_other(working: Working, sato: Browser) -> None:
    jiro = working.employs("Jiro")
    says_to_bot(sato, "停止")
    says_to_bot(jiro, "残高")

    assert "balance.ask_digits" in jiro.page
    assert "consent.stopped" not in jiro.page
    assert "consent.restarted" in says_to_bot(sato, "停止", "配信開始")


def test_a_draft_that_is_not_ones_own_or_broken_is_refused(working: Working, sato: Browser) -> None:
    private = pay_draft(working.runtime, "staff:Suzuki")
    broken = draft(working.runtime, {("common.help", JA): says("【{brand}】{nothing}")})

    assert f"There is no draft {private}" in says_to_bot(sato, "残高", draft_id=private)
    assert sato.status == 422
    assert "common.help" in says_to_bot(sato, "ヘルプ", draft_id=broken)
    assert "{nothing}" in sato.page
    for path in ("talks", "dry-run", "replay"):
        assert sato.get(f"{ROOM}/{path}?draft={private}").status == 422
        assert f"There is no draft {private}" in sato.page


@pytest.mark.parametrize(
    "text", [EVIL, "{{191*1931}}", "\x00", "あ" * 5000, "👩‍👩‍👧" * 50, "' OR 1=1"]
)
def test_whatever_is_written_is_a_text(sato: Browser, text: str) -> None:
    says_to_bot(sato, text)

    assert sato.status == 200
    assert EVIL not in sato.answer.get_data(as_text=True)
    # Short digits may stand in the token of a form.
    assert "368821" not in sato.page


def test_a_talk_has_an_end(sato: Browser) -> None:
    page = says_to_bot(sato, *["残高"] * (MOST_TURNS + 9))

    assert page.count('class="bubble theirs"') == MOST_TURNS
    assert f"at most {MOST_TURNS} texts" in page
    assert sato.post(ROOM, said="残高", who="nobody").status == 422
    assert sato.post(ROOM, said="残高", who="blunt", draft="9" * 30).status == 200


def test_a_saved_talk_turns_red_where_a_draft_changes_it(working: Working, sato: Browser) -> None:
    draft_id = pay_draft(working.runtime)
    says_to_bot(sato, "お会計")
    sato.post(f"{ROOM}/talks", said="お会計", who="blunt", name="asks to pay").follow()

    assert "The talk is saved" in sato.page
    assert "Talks played: 6. All go on as they must" in sato.page
    assert "Changed: 1" in sato.get(f"{ROOM}/talks?draft={draft_id}").page
    red = sato.page.split("<strong>asks to pay")[1]
    assert "Other → Pay" in red
    assert "Their text" in red
    sato.post(f"{ROOM}/talks", said="お会計", who="blunt", name="asks to pay")
    assert sato.status == 422
    assert "There is a talk asks to pay already" in sato.page

    sato.get(f"{ROOM}/talks").post(f"{ROOM}/talks/forget", name="asks to pay").follow()
    assert "The talk is deleted" in sato.page
    assert "asks to pay" not in sato.page
    sato.post(f"{ROOM}/talks/forget", name="asks to pay")
    assert sato.status == 409
    acts = [(act.act, act.subject, act.actor) for act in working.acts() if "talk" in act.act]
    assert acts == [("talk_save", "talk 1", SATO), ("talk_forget", "talk 1", SATO)]


def test_many_talks_are_played_piece_by_piece(
    sato: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.rehearsal.talks.MOST_TEXTS", 6)
    names, path = [], f"{ROOM}/talks"
    while path:
        page = sato.get(path).page
        names += re.findall(r"<strong>([^<]+)</strong>", page)
        further = re.search(r'hx-get="([^"]+)"[^>]*hx-target="closest .more"', page)
        path = further[1] if further else ""

    assert len(names) == len(set(names)) == 5
    assert "Talks played: 5. All go on" in sato.page


def test_texts_that_a_draft_would_read_differently_are_counted(
    working: Working, sato: Browser, texting: Texting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dry_run, "AT_ONCE", 3)
    for text in ("お会計", "残高", "お会計", "暗証番号は4321", "お会計"):
        texting.says(TARO, text)
    path = f"{ROOM}/dry-run?draft={pay_draft(working.runtime)}&last=500"

    first = sato.get(path).page
    further = re.search(r'hx-get="([^"]+)"', first.split('class="more')[1])
    assert further
    row = r"<td[^>]*>お会計</td><td>Other[^<]*</td><td>Pay</td><td[^>]*>(\d)</td>"
    assert re.findall(row, first) == ["2"]
    assert re.findall(row, sato.get(further[1]).page) == ["1"]
    assert "Texts read: 5. Understood differently: 3." in sato.page
    assert "4321" not in first + sato.page


def test_replies_that_a_draft_would_change_are_shown_word_by_word(
    working: Working, sato: Browser, texting: Texting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "AT_ONCE", 2)
    add_customer(working.runtime, HANAKO, "87654321", 5000)
    for number, text in ((HANAKO, "残高"), (HANAKO, "4321"), (TARO, "残高"), (TARO, "残高")):
        texting.says(number, text)
    draft_id = reply_draft(working.runtime)

    first = sato.get(f"{ROOM}/replay?draft={draft_id}").page
    assert "Texts played so far: 2. Answered differently: 0." in first
    further = re.search(r'hx-get="([^"]+)"', first.split('class="more')[1])
    assert further
    page = sato.get(further[1]).page
    assert "Texts played so far: 4. Answered differently: 2." in page
    assert "These are all the conversations" in page
    assert re.search(r"<del><span[^>]*>[^<]+</span>[^<]+</del>", page)
    assert re.search(r"<ins><span[^>]*>[^<]+</span>[^<]*見つかりません", page)
    assert "balance.not_registered" in page
    whole = sato.get(f"{ROOM}/replay?draft={pay_draft(working.runtime)}").page
    assert "Answered differently: 0." in whole
    for secret in ("4321", "8765", HANAKO, TARO):
        assert secret not in first + page


def test_a_reply_of_another_script_is_shown_whole(
    working: Working, sato: Browser, texting: Texting
) -> None:
    texting.says(TARO, "お会計")

    page = sato.get(f"{ROOM}/replay?draft={pay_draft(working.runtime)}").page
    assert "common.not_understood → balance.not_registered" in page or "→ payment." in page
    assert (page.count("<del>"), page.count("<ins>")) == (1, 1)


def test_only_the_days_and_the_sender_asked_for_are_played(
    working: Working, sato: Browser, texting: Texting
) -> None:
    texting.says(TARO, "残高")
    draft_id = reply_draft(working.runtime)
    today = datetime.now(TOKYO).date()

    def played(**asked: object) -> str:
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        page = sato.get(f"{ROOM}/replay?draft={draft_id}&{query}").page
        found = re.search(r"Texts played so far: (\d+)", page)
        assert found
        return found[1]

    past = today - timedelta(days=9)
    assert played() == "1"
    assert played(since=past, until=past) == "0"
    assert played(sender=1) == "1"
    assert played(sender=2) == "0"
    # Days that are none are those that the page begins with.
    for wrong in ("0001-01-01", "9999-12-31", "2026-02-31", "x", "2020-01-01"):
        assert played(since=wrong) == "1", wrong


def test_a_department_tries_words_on_its_own_senders_alone(
    working: Working, texting: Texting
) -> None:
    runtime = working.runtime
    with runtime.engine.begin() as connection:
        other = insert(senders).values(number="+815000000009", enabled_at=func.now())
        connection.execute(other)
        ours, theirs = (departments.add(connection, name) for name in ("Ours", "Theirs"))
        departments.change(connection, ours, "Ours", [1])
        departments.change(connection, theirs, "Theirs", [2])
    texting.says(TARO, "お会計")
    texting.says(TARO, "残高")
    saburo = working.employs("Saburo", Role.EDITOR, department_id=ours)
    shiro = working.employs("Shiro", Role.EDITOR, department_id=theirs)
    for browser, name, texts in ((saburo, "Saburo", 2), (shiro, "Shiro", 0)):
        pays, replies = (one(runtime, f"staff:{name}") for one in (pay_draft, reply_draft))
        page = browser.get(f"{ROOM}/dry-run?draft={pays}").page
        assert f"Texts read: {texts}." in page
        assert f"so far: {texts}." in browser.get(f"{ROOM}/replay?draft={replies}").page
        counts = re.findall(r'class="text-end">(\d+)<', browser.get(f"{ROOM}/flows/balance").page)
        assert any(count != "0" for count in counts) == bool(texts)
    assert "+815000000009" not in saburo.get(f"{ROOM}/replay").page


def test_a_flow_is_drawn_with_the_state_of_a_conversation_and_counts(
    working: Working, sato: Browser, texting: Texting
) -> None:
    add_customer(working.runtime, HANAKO, "87654321", 5000)
    texting.says(HANAKO, "残高")
    link = re.search(r'href="([^"]+/flows/[^"]+)"', sato.get("/console/conversations/1").page)
    assert link

    page = sato.get(link[1]).page
    assert "<svg" in page
    assert "<style" not in page.split("<body")[1]
    assert page.count('class="state current"') == 1
    assert "<strong>Asks for four digits</strong>" in page
    row = re.search(r'Start</td><td>Asks for four digits</td>.*?text-end">(\d+)<', page)
    assert row
    assert row[1] == "1"
    with working.runtime.engine.begin() as connection:
        ago = datetime.now(TOKYO) - timedelta(days=20)
        connection.execute(update(inbound_messages).values(created_at=ago))
    month = re.findall(r'href="([^"]+since=[^"]+)"', page)[1]
    assert re.search(r'four digits</td>.*?text-end">1<', sato.get(month).page)
    assert not re.search(r'text-end">1<', sato.get(link[1]).page)


def test_every_flow_has_a_picture_and_nothing_else_has(working: Working, sato: Browser) -> None:
    assert sato.get(f"{ROOM}/flows").follow().status == 200
    for name in working.runtime.flows:
        assert "<svg" in sato.get(f"{ROOM}/flows/{name}?state={EVIL}").page
        assert EVIL not in sato.answer.get_data(as_text=True)
    assert sato.get(f"{ROOM}/flows/nothing").status == 404


def test_a_ready_script_is_taken_into_a_draft(working: Working, sato: Browser) -> None:
    page = sato.get(f"{ROOM}/gallery").page
    assert page.count("Take into a new draft") == 7
    assert "【例示商会】" in page
    lender = page.split('<code class="text-body-secondary">lending</code>')[1]
    assert re.search(r">08:00–21:00</td><td[^>]*>3</td>", lender)
    sato.post(f"{ROOM}/gallery", key="notice.visit_date").follow()
    assert "It is in a new draft" in sato.page

    found = transact(working.runtime.engine, lambda it: drafts.read(it, 1, SATO))
    assert set(found.changes) == {("notice.visit_date", language) for language in Language}
    sato.post(f"{ROOM}/gallery", key="notice.nothing")
    assert sato.status == 422


def test_who_only_reads_is_offered_no_act(working: Working) -> None:
    for role in (Role.OPERATOR, Role.AUDITOR):
        jiro = working.employs(role.title(), role)
        assert "Save this talk" not in says_to_bot(jiro, "残高")
        assert jiro.status == 200
        assert "Take into a new draft" not in jiro.get(f"{ROOM}/gallery").page
        assert "Delete" not in jiro.get(f"{ROOM}/talks").page


def test_a_stage_is_gone_after_each_answer(
    sato: Browser, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage.tempfile, "tempdir", str(tmp_path))
    says_to_bot(sato, "残高")
    assert list(tmp_path.glob("henji-*")) == []  # type: ignore[attr-defined]

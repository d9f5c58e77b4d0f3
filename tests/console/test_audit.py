"""The audit log: nobody changes it, who may see it finds what they look for, and takes it along."""

import csv
import io
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, insert, text
from sqlalchemy.exc import DBAPIError

from bot import audit
from bot.audit import COMMAND_LINE, NOBODY, Act, Event, Wanted
from bot.staff.roles import Role
from bot.store.columns import seconds_from_now
from bot.store.tables import audit_events
from bot.text.language import Language
from tests.console.working import Working

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_events SET actor = 'nobody'", "DELETE FROM audit_events"],
)
def test_the_database_refuses_to_change_or_forget_an_act(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        audit.record(connection, Event("staff:Hanako", Act.UNMASK, "conversation 1"))

    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))

    with engine.connect() as connection:
        (kept,) = audit.search(connection, Wanted())
    assert (kept.actor, kept.act) == ("staff:Hanako", "unmask")


def test_acts_are_found_by_who_what_why_and_when(engine: Engine) -> None:
    with engine.begin() as connection:
        for actor, act, reason in (
            ("staff:花子", Act.UNMASK, "折り返しの電話"),
            ("staff:花子", Act.SEND, ""),
            ("staff:次郎", Act.UNMASK, "100%_確認"),
        ):
            audit.record(connection, Event(actor, act, "conversation 1", reason=reason))
        old = {"actor": "staff:花子", "act": "export", "subject": "audit log", "details": {}}
        connection.execute(
            insert(audit_events).values(**old, created_at=seconds_from_now(-40 * 24 * 3600))
        )

    def found(**wanted: object) -> list[str]:
        with engine.connect() as connection:
            return [row.act for row in audit.search(connection, Wanted(**wanted))]  # type: ignore[arg-type]

    assert found() == ["export", "unmask", "send", "unmask"]
    assert found(actor="staff:花子") == ["export", "send", "unmask"]
    assert found(actor="花子") == found(actor="staff:花子")
    assert found(act=Act.UNMASK) == ["unmask", "unmask"]
    assert found(words="電話") == ["unmask"]
    assert found(words="%_") == ["unmask"]
    with engine.connect() as connection:
        newest = audit.search(connection, Wanted())[0].id
    assert found(before=newest) == ["unmask", "send", "unmask"]


@ONE_DATABASE
def test_the_log_is_searched_page_by_page(working: Working) -> None:
    auditor = working.employs("Aiko", Role.AUDITOR)
    with working.runtime.engine.begin() as connection:
        for number in range(60):
            audit.record(connection, Event("staff:Ken", Act.NOTE, f"conversation {number}"))

    first = auditor.get("/console/audit?act=note&actor=staff:Ken").page
    assert (first.count("Conversation "), "Show older" in first) == (50, True)
    older = first.split('href="/console/audit?before=')[1].split('"')[0]
    assert auditor.get(f"/console/audit?before={older}").page.count("Conversation ") == 10
    assert auditor.get("/console/audit?until=2001-01-01").page.count("Conversation ") == 0
    assert auditor.get("/console/audit?since=nonsense&before=x&act=y").status == 200


@ONE_DATABASE
@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            Language.JA,
            ("花子", "サインインしていない人", "APIキー「billing」", "コマンド（henji）"),
        ),
        (Language.EN, ("花子", "Not signed in", "API key “billing”", "henji command")),
    ],
)
def test_who_did_it_is_told_in_words_that_find_it_again(
    working: Working, language: Language, words: tuple[str, ...]
) -> None:
    auditor = working.employs("Aiko", Role.AUDITOR, language=language)
    actors = ("staff:花子", NOBODY, "api:billing", COMMAND_LINE)
    with working.runtime.engine.begin() as connection:
        for number, actor in enumerate(actors, 70):
            audit.record(connection, Event(actor, Act.NOTE, f"conversation {number}"))

    page = auditor.get("/console/audit?act=note").page
    assert all(f">{who}</td>" in page for who in words)
    assert [each for each in ("staff:", ">nobody<", "api:", ">command") if each in page] == []
    written = ("花子", words[1], "billing", words[3])
    for asked, who in zip((*written, *actors), words * 2, strict=True):
        found = auditor.get(f"/console/audit?{urlencode({'act': 'note', 'actor': asked})}").page
        assert (found.count("</td></tr>"), found.count(f">{who}</td>")) == (1, 1)


@ONE_DATABASE
def test_an_export_holds_no_formula_and_is_an_act_itself(working: Working) -> None:
    auditor = working.employs("Aiko", Role.AUDITOR)
    with working.runtime.engine.begin() as connection:
        for reason in ("=HYPERLINK(1)", "＋81", "ordinary, with a comma"):
            audit.record(connection, Event("staff:Ken", Act.NOTE, "conversation 1", reason=reason))

    auditor.get("/console/audit").post("/console/audit.csv", act="note")

    assert auditor.answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(auditor.answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert [row["reason"] for row in rows] == ["ordinary, with a comma", "'＋81", "'=HYPERLINK(1)"]
    assert working.acts()[-1].act == "export"

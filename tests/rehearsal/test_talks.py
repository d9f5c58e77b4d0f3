"""Invented people: their talks go on as they must, and a saved one turns red where it does not."""

from dataclasses import replace

import pytest

from bot.errors import ScriptRefused
from bot.rehearsal import talks
from bot.rehearsal.personas import Persona, everyone, persona, simulate
from bot.rehearsal.talks import play
from bot.runtime import Runtime
from bot.store.session import transact
from bot.text.language import Language
from tests.carrier import Carrier
from tests.scripts.publishing import JA, SATO

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize("who", everyone().values(), ids=lambda who: who.id)
def test_a_persona_is_answered_as_they_must_be(runtime: Runtime, who: Persona) -> None:
    turns = simulate(runtime, who, [line.says for line in who.talk])
    assert [turn.keys for turn in turns] == [list(line.keys) for line in who.talk]
    assert {one.language for turn in turns for one in turn.said} == {who.language}


def test_a_turn_tells_states_trace_and_gate(runtime: Runtime) -> None:
    asked, answered = simulate(runtime, persona("elderly_polite"), ["残高", "1234"])

    assert (asked.intent, asked.state_before, asked.state_after) == (
        "BALANCE",
        None,
        "balance.ask_digits",
    )
    assert asked.trace["layer"] == "exact"
    assert answered.state_before == "balance.ask_digits"
    answer, question = answered.said
    assert "12,800円" in answer.body
    assert (answer.verdict, answer.status, question.verdict) == ("allowed", "sent", "allowed")
    assert (answer.publication, answer.segments) == (None, 1)


def test_a_long_talk_that_is_played_at_once_is_no_flood(runtime: Runtime) -> None:
    quick = runtime.settings.model_copy(update={"HENJI_TEXTS_PER_MINUTE": 7})
    turns = simulate(replace(runtime, settings=quick), persona("blunt"), ["残高", "ヘルプ"] * 6)
    assert {key for turn in turns for key in turn.keys} == {"balance.ask_digits", "common.help"}


def test_a_talk_sends_nothing_and_keeps_nothing(runtime: Runtime) -> None:
    simulate(runtime, persona("blunt"), ["停止"])
    assert isinstance(runtime.provider, Carrier)
    assert runtime.provider.accepted == []
    with runtime.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM inbound_messages").scalar() == 0


def test_a_saved_talk_is_red_with_a_draft_that_changes_its_course(runtime: Runtime) -> None:
    turns = simulate(runtime, persona("blunt"), ["支払い方法", "やめて"])
    transact(runtime.engine, lambda it: talks.save(it, "pays", "blunt", turns, SATO))
    with runtime.engine.connect() as connection:
        course = [one for one in talks.saved(connection) if one[0] == "pays"]
    lists = runtime.edition.keywords[JA]
    words = [word for word in lists["PAY"] if word != "支払い方法"]
    moved = {"PAY": words, "HELP": [*lists["HELP"], "支払い方法"]}
    changes = {(f"keywords.{name}", JA): {"words": moved[name]} for name in moved}

    assert [one.green for one in play(runtime, runtime.edition, course)] == [True]
    (red,) = play(runtime, runtime.edition.with_changes(changes), course)
    assert not red.green
    assert red.first_wrong is not None
    expected, got = red.first_wrong
    assert (expected.text, expected.intent, got.intent) == ("支払い方法", "PAY", "HELP")
    assert got.keys == ["common.help"]


def test_talks_have_names_of_their_own_and_are_forgotten(runtime: Runtime) -> None:
    turns = simulate(runtime, persona("english"), ["help"])
    assert {one.language for one in turns[0].said} == {Language.EN}

    def save(name: str) -> None:
        transact(runtime.engine, lambda it: talks.save(it, name, "english", turns, SATO))

    save("asks for help")
    for name in ("asks for help", "blunt", " ", "x" * 65, "a\x00b", "a\u202eb"):
        with pytest.raises(ScriptRefused):
            save(name)
    transact(runtime.engine, lambda it: talks.forget(it, "asks for help"))
    with pytest.raises(ScriptRefused, match="no saved talk"):
        transact(runtime.engine, lambda it: talks.forget(it, "asks for help"))
    with pytest.raises(ScriptRefused, match="no persona"):
        persona("nobody")

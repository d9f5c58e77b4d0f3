"""Invented people: their talks go on as they must, and a saved one turns red where it does not."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from bot.errors import ScriptRefused
from bot.rehearsal import talks
from bot.rehearsal.personas import Persona, everyone, persona, simulate
from bot.rehearsal.talks import Played, play
from bot.runtime import Runtime
from bot.scripts.item import content_of
from bot.store.session import transact
from bot.text import mask
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


def test_talks_played_in_a_row_do_not_know_of_each_other(runtime: Runtime) -> None:
    stops = simulate(runtime, persona("blunt"), ["停止", "残高"])
    asks = simulate(runtime, persona("blunt"), ["残高", "1234"])

    def work(connection: Connection) -> None:
        for name, turns in (("one", stops), ("two", asks), ("three", stops)):
            talks.save(connection, name, "blunt", turns, SATO)

    transact(runtime.engine, work)
    with runtime.engine.connect() as connection:
        played = play(runtime, runtime.edition, talks.saved(connection))
    assert [one.name for one in played if not one.green] == []
    assert [one.name for one in played[-3:]] == ["one", "two", "three"]
    assert [said.key for said in played[-2].turns[1].said] == asks[1].keys


def said_in(played: list[Played]) -> list[tuple[str, str]]:
    """The scripts of all messages, each with its words."""
    return [
        (said.key, mask.tokens(said.body))
        for one in played
        for turn in one.turns
        for said in turn.said
    ]


def test_what_a_talk_does_not_say_does_not_touch_it(runtime: Runtime) -> None:
    edition = runtime.edition
    with runtime.engine.connect() as connection:
        course = talks.saved(connection)
    said = {key for one in course for line in one.expected for key in line.keys}
    others = {
        slot: content_of(replace(script, text=f"{script.text} !"))
        for slot, script in edition.scripts.items()
        if script.leaves and not said & {slot[0], slot[0].partition(".")[2]}
    }
    changed = edition.with_changes(others)
    assert len(others) > 100
    assert talks.touched(course, others, changed) == []
    assert said_in(play(runtime, changed, course)) == said_in(play(runtime, edition, course))


def test_keywords_and_parts_of_texts_touch_every_talk_and_a_script_those_that_say_it(
    runtime: Runtime,
) -> None:
    with runtime.engine.connect() as connection:
        course = talks.saved(connection)

    def names(key: str) -> set[str]:
        return {one.name for one in talks.touched(course, {(key, JA): None}, runtime.edition)}

    assert names("keywords.PAY") == names("common.call_us") == set(everyone())
    assert names("consent.restarted") == names("us.consent.restarted") == {"blunt", "english"}
    assert names("handover.requested") == {"dialect"}


def test_all_talks_together_are_short_enough_to_be_played_at_once(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talks, "MOST_TEXTS", 3)
    turns = simulate(runtime, persona("english"), ["help", "help"])
    transact(runtime.engine, lambda it: talks.save(it, "one", "english", turns, SATO))
    with pytest.raises(ScriptRefused, match="at most 3 texts together: forget one"):
        transact(runtime.engine, lambda it: talks.save(it, "two", "english", turns, SATO))
    transact(runtime.engine, lambda it: talks.save(it, "two", "english", turns[:1], SATO))


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

"""From a draft to words in force, and back: at once, at a time, and against other people."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, select, update

from bot.errors import ScriptRefused
from bot.runtime import Runtime
from bot.scripts import conflicts, drafts, published, publishing
from bot.scripts.drafts import State
from bot.scripts.edition import Edition
from bot.scripts.publishing import Publication
from bot.scripts.script import revision
from bot.store.columns import utc_now
from bot.store.session import transact
from bot.store.tables import (
    audit_events,
    outbound_messages,
    script_publications,
    script_versions,
)
from tests.people import Texting
from tests.scripts.publishing import EN, JA, SATO, SUZUKI, draft, publish, says

HANAKO = "+819000000001"
HELP_JA, HELP_EN = ("common.help", JA), ("common.help", EN)
SHORT_JA, SHORT_EN = says("【{brand}】停止は「配信停止」へ。"), says("{brand}: STOP ends texts.")
BOTH = {HELP_JA: SHORT_JA, HELP_EN: SHORT_EN}


def edition(runtime: Runtime) -> Edition:
    return runtime.shelf.look(runtime.engine)


def in_force(runtime: Runtime, key: str = "common.help") -> str:
    return edition(runtime).scripts[key, JA].text


def put(runtime: Runtime, new: Publication) -> None:
    checked = edition(runtime)
    transact(runtime.engine, lambda it: publishing.publish(it, new, checked))


def sent(engine: Engine) -> list[tuple[str, str, int | None]]:
    with engine.connect() as connection:
        rows = connection.execute(select(outbound_messages).order_by(outbound_messages.c.id))
        return [(row.script_key, row.revision, row.publication_id) for row in rows]


def test_a_publication_is_said_at_once_and_taken_back(texting: Texting) -> None:
    runtime = texting.runtime
    shipped = in_force(runtime)
    texting.hears(HANAKO, "ヘルプ")
    first = publish(runtime, draft(runtime, BOTH))
    edition(runtime)
    texting.hears(HANAKO, "help")
    back = transact(
        runtime.engine, lambda it: publishing.taking_back(it, first, SATO, "too short after all")
    )
    put(runtime, back)
    assert in_force(runtime) == shipped
    texting.hears(HANAKO, "ヘルプ")

    ships = edition(runtime).shipped.scripts[HELP_JA].revision
    assert sent(runtime.engine) == [
        ("common.help", ships, None),
        ("common.help", revision(SHORT_EN["text"]), first),
        ("common.help", ships, first + 1),
    ]


def test_every_version_is_kept_with_who_when_and_why(runtime: Runtime) -> None:
    first = publish(runtime, draft(runtime, BOTH))
    second = publish(runtime, draft(runtime, {HELP_JA: says("【{brand}】別の案内")}))

    with runtime.engine.connect() as connection:
        told = connection.execute(select(script_publications).order_by(script_publications.c.id))
        assert [(row.id, row.author, row.publisher, row.reason) for row in told] == [
            (first, SATO, SUZUKI, "to be shorter"),
            (second, SATO, SUZUKI, "to be shorter"),
        ]
        acts = connection.execute(select(audit_events).order_by(audit_events.c.id))
        assert [(row.actor, row.act, row.subject) for row in acts] == [
            (SUZUKI, "scripts_publish", f"publication {first}"),
            (SUZUKI, "scripts_publish", f"publication {second}"),
        ]
        (version,) = publishing.versions(connection, second)
        assert version.replaced == SHORT_JA
        assert version.content == says("【{brand}】別の案内")


def test_what_was_changed_again_is_not_taken_back_under_it(runtime: Runtime) -> None:
    first = publish(runtime, draft(runtime, BOTH))
    second = publish(runtime, draft(runtime, {HELP_JA: says("【{brand}】別の案内")}))

    with pytest.raises(
        ScriptRefused, match=f"common.help in Japanese .* again by publication {second}"
    ):
        transact(runtime.engine, lambda it: publishing.taking_back(it, first, SATO, "no"))
    back = transact(runtime.engine, lambda it: publishing.taking_back(it, second, SATO, "no"))
    put(runtime, back)
    assert in_force(runtime) == "【{brand}】停止は「配信停止」へ。"


def test_a_timed_publication_waits_and_holds_its_keys(runtime: Runtime) -> None:
    with runtime.engine.connect() as connection:
        tomorrow = connection.execute(select(utc_now())).scalar_one() + timedelta(days=1)
    shipped, timed = in_force(runtime), publish(runtime, draft(runtime, BOTH), tomorrow)

    assert in_force(runtime) == shipped
    other = draft(runtime, {HELP_JA: says("【{brand}】別の案内")})
    with pytest.raises(ScriptRefused, match=f"common.help will be changed by publication {timed}"):
        publish(runtime, other)
    publish(runtime, draft(runtime, {("common.paused", JA): says("【{brand}】休みます。")}))

    with runtime.engine.begin() as connection:
        due = update(script_publications).where(script_publications.c.id == timed)
        connection.execute(due.values(effective_at=utc_now()))
    assert edition(runtime).publication == timed
    assert in_force(runtime) == "【{brand}】停止は「配信停止」へ。"
    assert in_force(runtime, "common.paused") == "【{brand}】休みます。"


def test_a_timed_publication_is_called_off_and_its_draft_is_open_again(runtime: Runtime) -> None:
    with runtime.engine.connect() as connection:
        tomorrow = connection.execute(select(utc_now())).scalar_one() + timedelta(days=1)
    mine = draft(runtime, BOTH)
    timed = publish(runtime, mine, tomorrow)
    transact(runtime.engine, lambda it: publishing.cancel(it, timed, SUZUKI))

    with runtime.engine.begin() as connection:
        assert drafts.read(connection, mine, SATO).state is State.DRAFT
        with pytest.raises(ScriptRefused, match="waits for its time"):
            publishing.cancel(connection, timed, SUZUKI)
    assert publish(runtime, mine) > timed


def test_of_two_who_checked_the_same_words_the_second_looks_again(runtime: Runtime) -> None:
    checked, refused, done = edition(runtime), [], []
    ids = [draft(runtime, {HELP_JA: says(f"【{{brand}}】案内{n}")}) for n in range(2)]
    both = threading.Barrier(2)

    def race(draft_id: int) -> None:
        def put(connection: Connection) -> int:
            found = drafts.read(connection, draft_id, SATO)
            return publishing.publish(connection, publishing.of_draft(found, SUZUKI), checked)

        both.wait()
        try:
            done.append(transact(runtime.engine, put))
        except ScriptRefused as error:
            refused.append(str(error))

    threads = [threading.Thread(target=race, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(done) == 1
    assert refused == ["Something else was published meanwhile: look at it and try again."]
    with runtime.engine.connect() as connection:
        assert len(connection.execute(select(script_versions)).all()) == 1


def test_the_second_of_two_editors_sees_the_change_of_the_first_and_merges(
    runtime: Runtime,
) -> None:
    key = ("common.not_understood", JA)
    text = edition(runtime).scripts[key].text
    mine = draft(runtime, {key: says(text.replace("恐れ入りますが、", ""))})
    publish(runtime, draft(runtime, {key: says(text.replace("ご返信", "お送り"))}, SATO))

    now = edition(runtime)
    with runtime.engine.begin() as connection:
        (conflict,) = conflicts.conflicts(drafts.read(connection, mine, SATO), now)
        assert conflict.seen["text"] == text
        assert conflict.merged is not None
        assert conflict.merged["text"] == text.replace("恐れ入りますが、", "").replace(
            "ご返信", "お送り"
        )
        conflicts.settle(connection, drafts.read(connection, mine, SATO), SATO, key, now)
        settled = drafts.read(connection, mine, SATO)
        assert settled.changes[key] == conflict.merged
        assert conflicts.conflicts(settled, now) == []
        with pytest.raises(ScriptRefused, match="Nobody else changed"):
            conflicts.settle(connection, settled, SATO, key, now)


def test_where_both_changed_the_same_words_a_person_chooses(runtime: Runtime) -> None:
    mine = draft(runtime, {HELP_JA: SHORT_JA})
    publish(runtime, draft(runtime, {HELP_JA: says("【{brand}】別の案内")}))

    now, chosen = edition(runtime), says("【{brand}】停止は「配信停止」か別の案内へ。")
    with runtime.engine.begin() as connection:
        kept = drafts.read(connection, mine, SATO)
        with pytest.raises(ScriptRefused, match="Both changed the same words"):
            conflicts.settle(connection, kept, SATO, HELP_JA, now)
        conflicts.settle(connection, kept, SATO, HELP_JA, now, chosen)
        assert drafts.read(connection, mine, SATO).changes == {HELP_JA: chosen}


def test_a_draft_is_its_authors_until_it_is_shown_and_approved_by_another(
    runtime: Runtime,
) -> None:
    mine, now = draft(runtime, BOTH), edition(runtime)
    with runtime.engine.begin() as it:
        with pytest.raises(ScriptRefused, match="There is no draft"):
            drafts.read(it, mine, SUZUKI)
        with pytest.raises(ScriptRefused, match="somebody else's"):
            drafts.ask_for_review(it, mine, SUZUKI)
        drafts.ask_for_review(it, mine, SATO)
        assert [row.id for row in drafts.listed(it, SUZUKI)] == [mine]
        with pytest.raises(ScriptRefused, match="your own: a second person"):
            drafts.review(it, mine, SATO, good=True)
        with pytest.raises(ScriptRefused, match="The note"):
            drafts.review(it, mine, SUZUKI, good=True, note="fine\x00")
        drafts.review(it, mine, SUZUKI, good=True)
        assert drafts.read(it, mine, SUZUKI).state is State.APPROVED
        drafts.write(it, mine, SATO, HELP_JA, SHORT_JA, now)
        changed = drafts.read(it, mine, SATO)
        assert (changed.state, changed.reviewer) == (State.DRAFT, None)


def test_words_that_git_has_moved_away_from_are_left_out(runtime: Runtime) -> None:
    with runtime.engine.begin() as connection:
        connection.execute(
            script_publications.insert().values(
                author=SATO, publisher=SATO, reason="r", accepted={}, effective_at=utc_now()
            )
        )
        number = connection.execute(select(script_publications.c.id)).scalar_one()
        for key, text in (("common.help", "{old}"), ("common.gone", "a"), ("common.paused", "b")):
            content = says(text)
            row = {"publication_id": number, "key": key, "language": "ja", "revision": "r"}
            connection.execute(script_versions.insert().values(**row, content=content))

    now = edition(runtime)
    assert now.scripts[HELP_JA] == now.shipped.scripts[HELP_JA]
    assert now.scripts["common.paused", JA].text == "b"
    assert sorted(now.left_out) == [
        "common.gone in ja is said as it ships, for nobody says it any more.",
        "common.help in ja is said as it ships, for nothing fills {old} any more.",
    ]


def test_keywords_are_published_like_scripts(texting: Texting) -> None:
    runtime = texting.runtime
    words = {"words": [*edition(runtime).keywords[JA]["BALANCE"], "のこり教えて"]}
    publish(runtime, draft(runtime, {("keywords.BALANCE", JA): words}))
    edition(runtime)

    assert texting.says(HANAKO, "のこり教えて") == ["balance.not_registered", "onboarding.consent"]


def test_a_runtime_that_is_pinned_keeps_its_words(runtime: Runtime) -> None:
    pinned = runtime.pinned()
    publish(runtime, draft(runtime, BOTH))
    edition(runtime)

    assert pinned.edition.publication is None
    assert runtime.edition.publication is not None
    with runtime.engine.connect() as connection:
        assert published.current(connection) == runtime.edition.publication


def test_what_a_key_said_at_a_publication_can_be_asked_later(runtime: Runtime) -> None:
    first = publish(runtime, draft(runtime, BOTH))
    with runtime.engine.connect() as connection:
        tomorrow = connection.execute(select(utc_now())).scalar_one() + timedelta(days=1)
    timed = publish(runtime, draft(runtime, {HELP_JA: says("【{brand}】明日の案内")}), tomorrow)

    with runtime.engine.connect() as connection:
        shipped = runtime.shelf.edition.shipped

        def said(publication: int | None) -> str:
            found = published.content_at(connection, shipped, HELP_JA, publication)
            return str(found["text"])

        assert said(None) == shipped.scripts[HELP_JA].text
        assert said(first) == SHORT_JA["text"]
        assert said(timed) == "【{brand}】明日の案内"


def test_changes_go_into_the_newest_draft_that_was_not_shown_yet(runtime: Runtime) -> None:
    first, second = draft(runtime, BOTH), draft(runtime, BOTH)

    with runtime.engine.begin() as connection:
        assert drafts.at_work(connection, SATO) == second
        drafts.ask_for_review(connection, second, SATO)
        assert drafts.at_work(connection, SATO) == first
        assert drafts.at_work(connection, SUZUKI) is None

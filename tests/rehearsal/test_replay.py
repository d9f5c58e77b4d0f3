"""Real conversations played again with a draft, and real texts read with other keywords."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.rehearsal.dry_run import dry_run
from bot.rehearsal.past import Asked
from bot.rehearsal.replay import Replayed, replay
from bot.scripts.edition import Edition
from bot.staff import departments
from bot.staff.departments import Scope
from bot.store.tables import conversations, inbound_messages
from tests.people import Texting, add_customer
from tests.scripts.publishing import EN, JA, says

HANAKO, TARO, JOHN = "+819000000001", "+819000000002", "+12025550101"
NOW = datetime.now(UTC)
PERIOD = Asked(NOW - timedelta(days=9), NOW + timedelta(days=1))

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def with_texts(texting: Texting, *changed: tuple[str, str]) -> Edition:
    changes = {(key, language): says(text) for key, text in changed for language in (JA, EN)}
    return texting.runtime.edition.with_changes(changes)


def played(texting: Texting, draft: Edition) -> Replayed:
    return replay(texting.runtime, draft, PERIOD)


def test_every_reply_that_would_change_is_listed_and_no_other(texting: Texting) -> None:
    add_customer(texting.runtime, HANAKO, "87654321", 5000)
    for text in ("残高", "9999", "4321", "はい"):
        texting.hears(HANAKO, text)
    texting.hears(TARO, "残高")
    texting.hears(JOHN, "balance")
    draft = with_texts(
        texting,
        ("balance.answer", "【{brand}】{amount}です。"),
        ("balance.not_registered", "【{brand}】登録がありません。{contact}。"),
    )
    done = played(texting, draft)

    assert (done.conversations, done.texts) == (3, 6)
    assert [(one.text, one.before[0].key, one.after[0].key) for one in done.changed] == [
        ("••••", "balance.answer", "balance.answer"),
        ("残高", "balance.not_registered", "balance.not_registered"),
        ("balance", "balance.not_registered", "balance.not_registered"),
    ]
    assert done.changed[0].after[0].body == "【例示商会】12,800円です。"
    assert "87654321" not in repr(done)
    assert HANAKO not in repr(done)


def test_a_phrase_inside_other_texts_counts(texting: Texting) -> None:
    texting.hears(TARO, "残高")
    draft = with_texts(texting, ("common.call_us", "{support_phone}までお電話ください"))
    assert [one.before[0].key for one in played(texting, draft).changed] == [
        "balance.not_registered"
    ]


def test_nothing_changes_without_a_change(texting: Texting) -> None:
    add_customer(texting.runtime, HANAKO, "87654321", 5000)
    for text in ("支払い", "はい", "残高", "4321", "停止", "配信開始"):
        texting.hears(HANAKO, text)
    done = played(texting, texting.runtime.edition)
    assert (done.texts, done.changed) == (6, ())


def test_time_passes_between_the_texts_as_it_did(texting: Texting) -> None:
    """A question that was open for three hours is not answered any more."""
    add_customer(texting.runtime, HANAKO, "87654321", 5000)
    texting.hears(HANAKO, "残高")
    with texting.runtime.engine.begin() as connection:
        past = NOW - timedelta(hours=3)
        connection.execute(update(inbound_messages).values(created_at=past))
        connection.execute(update(conversations).values(spoke_at=past, heard_at=past))
    texting.hears(HANAKO, "4321")
    draft = with_texts(texting, ("common.not_understood", "【{brand}】別の言葉です。"))

    assert [one.before[-1].key for one in played(texting, draft).changed] == [
        "common.not_understood"
    ]


def test_who_proved_who_they_are_must_do_so_again_after_a_while(texting: Texting) -> None:
    add_customer(texting.runtime, HANAKO, "87654321", 5000)
    for text in ("残高", "4321"):
        texting.hears(HANAKO, text)
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(inbound_messages).values(created_at=NOW - timedelta(hours=3)))
        connection.execute(update(conversations).values(verified_at=NOW - timedelta(hours=3)))
    texting.hears(HANAKO, "残高")
    draft = with_texts(texting, ("balance.ask_digits", "【{brand}】数字4桁をお送りください。"))

    assert [one.before[-1].key for one in played(texting, draft).changed] == [
        "balance.ask_digits",
        "balance.ask_digits",
    ]


def test_a_long_time_is_played_piece_by_piece(texting: Texting) -> None:
    for number, text in ((TARO, "残高"), (TARO, "はい"), (JOHN, "balance")):
        texting.hears(number, text)
    for _ in range(3):
        texting.hears(HANAKO, "残高")
    draft = with_texts(texting, ("balance.not_registered", "【{brand}】登録がありません。"))
    pieces = [replay(texting.runtime, draft, PERIOD, most=2)]
    while (after := pieces[-1].next) is not None:
        pieces.append(replay(texting.runtime, draft, replace(PERIOD, after=after), most=2))

    # No conversation is torn apart; of one that is longer than a piece the beginning is played.
    assert [(one.conversations, one.texts) for one in pieces] == [(1, 2), (1, 1), (1, 2), (0, 0)]
    assert [len(one.changed) for one in pieces] == [1, 1, 2, 0]


def test_of_a_department_only_its_own_senders_are_played_and_read(texting: Texting) -> None:
    texting.hears(TARO, "お会計")
    runtime = texting.runtime
    with runtime.engine.begin() as connection:
        ours, theirs = (departments.add(connection, name) for name in ("Ours", "Theirs"))
        departments.change(connection, ours, "Ours", [1])
        scopes = [Scope(ours), Scope(theirs)]
    words = [*runtime.edition.keywords[JA]["PAY"], "お会計"]
    draft = runtime.edition.with_changes({("keywords.PAY", JA): {"words": words}})
    with runtime.engine.connect() as connection:
        read = [
            dry_run(connection, runtime.vocabulary, draft.vocabulary, scope=scope).texts
            for scope in scopes
        ]
    played = [replay(runtime, draft, replace(PERIOD, scope=scope)).texts for scope in scopes]
    of_nobody = replay(runtime, draft, replace(PERIOD, sender_id=99))

    assert (read, played, of_nobody.texts) == ([1, 0], [1, 0], 0)


def test_texts_that_other_keywords_read_differently_are_listed(texting: Texting) -> None:
    for text in ("お会計", "残高", "お会計 1234", "お会計"):
        texting.hears(TARO, text)
    runtime = texting.runtime
    words = [*runtime.edition.keywords[JA]["PAY"], "お会計"]
    draft = runtime.edition.with_changes({("keywords.PAY", JA): {"words": words}})
    with runtime.engine.connect() as connection:
        done = dry_run(connection, runtime.vocabulary, draft.vocabulary)
        newest = dry_run(connection, runtime.vocabulary, draft.vocabulary, most=1)

    assert done.texts == 4
    assert {(one.text, one.before, one.after) for one in done.different} >= {
        ("お会計", "OTHER", "PAY")
    }
    assert "1234" not in repr(done)
    assert (newest.texts, len(newest.different)) == (1, 1)

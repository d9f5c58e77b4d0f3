"""Payment links: as long as the text has room for, and over when they should be."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.billing import links
from bot.store.columns import utc_now
from bot.store.tables import metadata, payment_links
from bot.text.language import Language
from tests.paying import ALICE, HANAKO, Paying


def statuses(paying: Paying) -> list[str]:
    with paying.runtime.engine.begin() as connection:
        ordered = select(payment_links.c.status).order_by(payment_links.c.id)
        return list(connection.execute(ordered).scalars())


def another_link(paying: Paying, conversation_id: int = 1) -> str:
    """A link that is good beside the first one, as after a race of two."""
    with paying.runtime.engine.begin() as connection:
        kept = connection.execute(select(payment_links.c.status)).scalars().all()
        ends = connection.execute(select(utc_now())).scalar_one() + timedelta(hours=1)
        made = links.create(connection, conversation_id, 1, Language.JA, links.Term(ends))
        for number, status in enumerate(kept, 1):
            this = payment_links.c.id == number
            connection.execute(update(payment_links).where(this).values(status=status))
    return made.token


def test_a_japanese_text_of_one_segment_has_room_for_a_short_token(paying: Paying) -> None:
    assert len(paying.token) == 12


def test_an_english_text_has_room_for_a_long_one(paying: Paying) -> None:
    paying.is_customer(ALICE, digits="5678")
    assert len(paying.gets_link(ALICE, "PAY")) == 22
    assert paying.opens().status_code == 200


def test_no_token_stands_in_a_table_but_in_the_text_that_carried_it(paying: Paying) -> None:
    with paying.runtime.engine.begin() as connection:
        for table in metadata.sorted_tables:
            if table.name != "outbound_messages":
                assert paying.token not in str(connection.execute(select(table)).all())


def test_a_link_lasts_as_long_as_the_settings_say(paying: Paying) -> None:
    settings = paying.runtime.settings.model_copy(update={"HENJI_LINK_HOURS": 72})
    longer = Paying.at(replace(paying.runtime, settings=settings))
    longer.gets_link()
    with longer.runtime.engine.begin() as connection:
        now = connection.execute(select(utc_now())).scalar_one()
    assert timedelta(hours=71) < longer.link().expires_at - now <= timedelta(hours=72)


def test_a_stop_ends_the_link(paying: Paying) -> None:
    paying.texting.says(HANAKO, "配信停止")
    assert statuses(paying) == ["revoked"]
    assert paying.opens().status_code == 404
    assert paying.answers().status_code == 404


def test_a_stop_of_one_purpose_leaves_the_link(paying: Paying) -> None:
    paying.texting.says(HANAKO, "広告だけ停止")
    assert paying.opens().status_code == 200


def test_a_stop_interrupts_nobody_who_is_paying(paying: Paying) -> None:
    paying.begins()
    paying.texting.says(HANAKO, "配信停止")
    assert "お支払いを確認しています" in paying.opens("/return").text
    paying.told("paid")
    assert "お支払いが完了しました" in paying.opens("/return").text


def test_a_payment_ends_the_other_links_of_the_account(paying: Paying) -> None:
    other = another_link(paying)
    paying.begins()
    paying.told("paid")

    assert statuses(paying) == ["paid", "revoked"]
    assert paying.browser.get(f"/p/{other}").status_code == 404


@pytest.mark.parametrize("length", [links.SHORT_TOKEN, links.LONG_TOKEN])
def test_tokens_are_letters_and_digits_and_never_twice_the_same(length: int) -> None:
    tokens = {links.new_token(length) for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(len(token) == length and token.isascii() and token.isalnum() for token in tokens)

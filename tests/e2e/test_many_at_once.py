"""Many at once: the same webhook fifty times, eight texts of one number."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Row, select

from bot.store.tables import inbound_messages, outbound_messages
from tests.e2e.site import Site
from tests.e2e.waiting import until

HANAKO = "+819000000001"
KENICHI = "+819000000002"
TEXTS = ("残高", "ヘルプ", "支払い", "HELP", "こんにちは", "残高", "担当者", "はい")


def inbound(site: Site, number: str) -> list[Row[Any]]:
    """The texts of a number that were kept, oldest first."""
    query = select(inbound_messages).where(inbound_messages.c.sender == number)
    with site.engine.connect() as connection:
        return list(connection.execute(query.order_by(inbound_messages.c.id)))


def answers_to(site: Site, texts: list[Row[Any]]) -> list[Row[Any]]:
    """What was sent in answer to texts, in the order of sending."""
    ids = [text.id for text in texts]
    query = select(outbound_messages).where(outbound_messages.c.inbound_id.in_(ids))
    with site.engine.connect() as connection:
        return list(connection.execute(query.order_by(outbound_messages.c.id)))


def test_the_same_webhook_fifty_times_at_once_is_one_text(shared: Site) -> None:
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: shared.deliver("SMsame", HANAKO, "残高"), range(50)))
    until(shared.is_settled)

    assert set(answers) == {200}
    assert len(inbound(shared, HANAKO)) == 1
    assert len(shared.handset.phone(HANAKO).received()) == 1


def test_eight_texts_of_one_number_at_once_are_answered_one_after_the_other(shared: Site) -> None:
    with ThreadPoolExecutor(8) as pool:
        sids = [f"SM{number}" for number in range(8)]
        answers = list(pool.map(shared.deliver, sids, [KENICHI] * 8, TEXTS))
    until(shared.is_settled)

    assert set(answers) == {200}
    texts = inbound(shared, KENICHI)
    assert [text.status for text in texts] == ["answered"] * 8
    sent = answers_to(shared, texts)
    assert [row.inbound_id for row in sent] == sorted(row.inbound_id for row in sent)
    assert shared.handset.phone(KENICHI).received() == [row.body for row in sent]

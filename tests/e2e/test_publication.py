"""A publication reaches running processes: new words on the handset, and the old ones back."""

from sqlalchemy import select

from bot.store.tables import outbound_messages
from tests.cli.commands import henji
from tests.e2e.site import Site
from tests.e2e.waiting import until

NEW = "【{brand}】停止は「配信停止」とご返信ください。"
_message = outbound_messages.c


def scripts(site: Site, *arguments: str) -> str:
    ended = henji("scripts", *arguments, environment=site.environment)
    assert ended.status == 0, ended.err
    return ended.out


def help_is(site: Site, sids: "list[str]", wanted: str) -> bool:
    """Ask for help once more, and see whether these words come."""
    sids.append(f"SMhelp{len(sids)}")
    phone = site.handset.phone(f"+8190000001{len(sids):02}")
    assert site.deliver(sids[-1], phone.number, "ヘルプ") == 200
    until(phone.received)
    return wanted in phone.received()[0]


def test_new_words_reach_the_handset_and_the_old_ones_come_back(shared: Site) -> None:
    sids: list[str] = []
    assert help_is(shared, sids, "担当者は")
    scripts(shared, "set", "common.help", "ja", NEW, "--by", "Sato")
    scripts(shared, "review", "1", "--reason", "shorter", "--by", "Sato")
    scripts(shared, "approve", "1", "--by", "Suzuki")
    assert help_is(shared, sids, "担当者は")

    scripts(shared, "publish", "1", "--by", "Suzuki")
    until(lambda: help_is(shared, sids, "】停止は「配信停止」") and last_publication(shared) == 1)
    scripts(shared, "rollback", "1", "--reason", "people ask for staff", "--by", "Suzuki")
    # Each process looks for itself: for two seconds some still say what others do not any more.
    until(lambda: help_is(shared, sids, "担当者は") and last_publication(shared) == 2)

    said = dict(publications_said(shared))
    assert set(said) == {None, 1, 2}
    assert said[None] == said[2] != said[1]


def publications_said(site: Site) -> set[tuple[int | None, str]]:
    """Each publication of which something was said, with the words."""
    with site.engine.connect() as connection:
        found = connection.execute(select(_message.publication_id, _message.body)).all()
    words = {(row.publication_id, row.body) for row in found}
    assert len(words) == len({publication for publication, _ in words})
    return words


def last_publication(site: Site) -> int | None:
    """That of the newest message."""
    newest = select(_message.publication_id).order_by(_message.id.desc()).limit(1)
    with site.engine.connect() as connection:
        return connection.scalar(newest)

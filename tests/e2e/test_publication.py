"""A publication reaches running processes: new words on the handset, and the old ones back."""

from sqlalchemy import select

from bot.store.tables import outbound_messages
from tests.cli.commands import henji
from tests.e2e.site import Site
from tests.e2e.waiting import until

NEW = "【{brand}】停止は「配信停止」とご返信ください。"


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
    until(lambda: help_is(shared, sids, "】停止は「配信停止」"))
    scripts(shared, "rollback", "1", "--reason", "people ask for staff", "--by", "Suzuki")
    until(lambda: help_is(shared, sids, "担当者は"))

    said = select(outbound_messages.c.publication_id).order_by(outbound_messages.c.id)
    with shared.engine.connect() as connection:
        publications = list(connection.scalars(said))
    assert publications == sorted(publications, key=lambda number: number or 0)
    assert set(publications) == {None, 1, 2}

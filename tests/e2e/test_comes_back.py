"""What Henji stands on goes away and comes back: it goes on by itself; and ends when asked to."""

import itertools
import signal

from sqlalchemy import select

from bot.demo.parts import answers
from bot.store.tables import outbound_messages
from chaos.database import Database
from tests.e2e.phone import Phone
from tests.e2e.site import Site
from tests.e2e.waiting import until

OURS = ("clock", "worker", "web")
# As docs/reliability.md promises; what a busy machine needs to notice comes on top.
ENDS_WITHIN_S = 25.0
NOTICED_WITHIN_S = 10.0
SENT_WITHIN_S = 2.0
_outbound = outbound_messages.c
_numbers = itertools.count(1)


def somebody(site: Site) -> Phone:
    return site.handset.phone(f"+8190000020{next(_numbers):02}")


def delays(site: Site) -> list[float]:
    """How many seconds each message waited, by the database's clock."""
    with site.engine.connect() as connection:
        rows = connection.execute(select(_outbound.created_at, _outbound.sent_at)).all()
    return [(row.sent_at - row.created_at).total_seconds() for row in rows]


def test_after_the_database_was_away_all_goes_on_without_a_restart(
    breakable: Site, postgresql: Database
) -> None:
    before = {name: breakable.pid(name) for name in OURS}
    phone = somebody(breakable)
    assert phone.asks("ヘルプ")

    postgresql.signal(signal.SIGINT)
    until(lambda: breakable.deliver("SMaway", phone.number, "ヘルプ") == 503)
    assert not answers(breakable.ports.bot, "/readyz")
    assert answers(breakable.ports.bot, "/healthz")
    postgresql.start()

    until(lambda: breakable.deliver("SMaway", phone.number, "ヘルプ") == 200)
    until(lambda: len(phone.received()) == 2, within=60)
    until(lambda: answers(breakable.ports.bot, "/readyz"))
    assert somebody(breakable).asks("ヘルプ")
    assert list(breakable.ended()) == []
    assert {name: breakable.pid(name) for name in OURS} == before


def test_without_redis_the_clock_sends_within_two_seconds_and_with_it_the_worker_again(
    running: Site,
) -> None:
    before = {name: running.pid(name) for name in OURS}
    running.kill("valkey")
    for _ in range(4):
        assert somebody(running).asks("ヘルプ")
    until(running.is_settled)
    # The quickest, for this machine may be busy.
    assert min(delays(running)) < SENT_WITHIN_S

    running.up("valkey")
    running.kill("clock")
    assert somebody(running).asks("ヘルプ")
    assert list(running.ended()) == []
    assert {name: running.pid(name) for name in ("worker", "web")} == {
        name: before[name] for name in ("worker", "web")
    }


def test_whatever_hangs_all_end_in_time_when_they_are_asked(
    breakable: Site, postgresql: Database
) -> None:
    breakable.handset.faults(hold_before_accept={"rate": 1.0})
    somebody(breakable).text("ヘルプ")
    until(breakable.handset.held)
    breakable.signal("valkey", signal.SIGSTOP)
    postgresql.freeze()

    asked = [breakable.terminate(name) for name in OURS]
    until(
        lambda: all(process.exit_status is not None for process in asked),
        ENDS_WITHIN_S + NOTICED_WITHIN_S,
    )

    postgresql.thaw()
    breakable.signal("valkey", signal.SIGCONT)
    assert breakable.statuses() == ["sending"]

"""Power cuts: whatever dies, every text that was taken is answered, and answered once."""

import pytest

from bot.demo.parts import answers
from tests.e2e.phone import Phone
from tests.e2e.site import Site
from tests.e2e.waiting import until

PEOPLE = 40
# Two texts answer an unknown number: that it is not registered, and the question of consent.
ANSWERS = 2


def phones(site: Site) -> list[Phone]:
    return [site.handset.phone(f"+8190000010{number:02}") for number in range(PEOPLE)]


def received(people: list[Phone]) -> int:
    return sum(len(phone.received()) for phone in people)


def assert_answered_once(site: Site, people: list[Phone]) -> None:
    until(lambda: all(phone.is_heard() for phone in people))
    until(site.is_settled, within=60)
    got = [phone.received() for phone in people]
    assert len(got[0]) == ANSWERS
    assert [each for each in got if each != got[0]] == []


@pytest.mark.parametrize("victim", ["web", "worker", "valkey"])
def test_a_kill_while_texts_flow_loses_and_doubles_nothing(running: Site, victim: str) -> None:
    running.handset.faults(latency_ms=300)
    people = phones(running)
    for phone in people:
        phone.text("残高")
    until(lambda: received(people) >= PEOPLE // 4)

    running.kill(victim)
    running.handset.faults(latency_ms=0)
    running.up(victim)

    assert_answered_once(running, people)


def test_without_redis_every_text_is_answered_once(site: Site) -> None:
    site.up("handset", "clock")
    site.start("web")
    until(lambda: answers(site.ports.bot, "/healthz"))
    people = phones(site)
    for phone in people:
        phone.text("残高")

    assert_answered_once(site, people)


def test_a_worker_that_is_asked_to_stop_finishes_what_it_is_sending(running: Site) -> None:
    running.handset.faults(latency_ms=1500)
    phone = running.handset.phone("+819000000001")
    phone.text("ヘルプ")
    until(lambda: running.statuses() == ["sending"])

    assert running.stop("worker") == 0

    assert running.statuses() == ["sent"]
    assert len(phone.received()) == 1

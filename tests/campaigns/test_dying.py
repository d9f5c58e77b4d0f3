"""A campaign that breaks, dies or is queued by two clocks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import update

from bot.alerts import unsettled
from bot.campaigns import queueing
from bot.store.tables import (
    campaigns,
)
from tests.campaigns.crowd import REMINDER, Crowd, number
from tests.campaigns.plans import NOTICE


def test_a_campaign_that_breaks_is_told_of_and_keeps_no_other_waiting(crowd: Crowd) -> None:
    crowd.gathers(1)
    crowd.plans(1)
    crowd.plans(1, NOTICE)
    crowd.starts()
    crowd.starts(NOTICE.name)
    broken = campaigns.c.name == REMINDER.name
    crowd.does(update(campaigns).where(broken).values(exemption="from a newer version"))

    queueing.queue(crowd.runtime, lambda: True)

    assert crowd.campaign(NOTICE.name).state == "finished"
    assert crowd.progress().people == {"waiting": 1}
    with crowd.runtime.engine.begin() as connection:
        [alert] = unsettled(connection)
    assert alert.words.startswith("A campaign does not go on, for ValueError.")


def test_a_process_that_dies_between_doubles_nothing_and_loses_nobody(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd.gathers(60)
    crowd.plans(60)
    crowd.starts()
    crowd.queues(most=25)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    settle: Callable[..., Any] = queueing._settle
    monkeypatch.setattr(queueing, "_settle", die)
    with pytest.raises(KeyboardInterrupt):
        crowd.queues()
    assert len(crowd.messages()) == 25
    monkeypatch.setattr(queueing, "_settle", settle)
    crowd.texting.sends()

    assert crowd.queues() == 35
    crowd.texting.sends()
    assert crowd.got() == {number(index): 1 for index in range(1, 61)}


def test_two_clocks_at_once_double_nobody(crowd: Crowd) -> None:
    crowd.gathers(40)
    crowd.plans(40)
    crowd.starts()

    with ThreadPoolExecutor(3) as clocks:
        done = list(clocks.map(lambda _: crowd.queues(), range(3)))

    assert sum(done) == 40
    crowd.texting.sends()
    assert crowd.got() == {number(index): 1 for index in range(1, 41)}


def test_the_clock_queues_and_rings(crowd: Crowd) -> None:
    crowd.gathers(3)
    crowd.plans(3)
    crowd.starts()

    queueing.queue(crowd.runtime, lambda: True)

    assert len(crowd.messages()) == 3
    assert crowd.campaign().state == "finished"
    assert crowd.runtime.redis.exists("henji:doorbell")

"""A campaign is approved by a second person, and started once."""

from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from sqlalchemy import update

from bot.campaigns import moving, people
from bot.errors import CampaignRefused
from bot.setting_types import Review
from bot.store.session import transact
from bot.store.tables import (
    accounts,
)
from tests.campaigns.crowd import CHECKER, MAKER, REMINDER, Crowd, customer_number, number

PAYDAY = date(2026, 12, 25)


def test_it_is_started_once(crowd: Crowd) -> None:
    crowd.gathers(2)
    crowd.plans(2)
    crowd.starts()
    for _ in range(2):
        with pytest.raises(CampaignRefused, match="was started before"):
            transact(
                crowd.runtime.engine,
                lambda it: moving.start(it, crowd.runtime, REMINDER.name, MAKER),
            )
        crowd.queues()
    crowd.texting.sends()

    assert crowd.got() == {number(1): 1, number(2): 1}


def test_a_second_person_approves_unless_none_is_asked_for(crowd: Crowd) -> None:
    crowd.gathers(1)
    crowd.plans(1)
    engine, name = crowd.runtime.engine, REMINDER.name
    with pytest.raises(CampaignRefused, match="not approved"):
        transact(engine, lambda it: moving.start(it, crowd.runtime, name, MAKER))
    with pytest.raises(CampaignRefused, match="your own"):
        transact(engine, lambda it: moving.approve(it, name, MAKER))

    settings = crowd.runtime.settings.model_copy(update={"HENJI_CAMPAIGNS_REVIEW": Review.OFF})
    alone = replace(crowd.runtime, settings=settings)
    transact(engine, lambda it: moving.start(it, alone, name, MAKER))

    assert crowd.campaign().state == "sending"
    with pytest.raises(CampaignRefused, match="no draft any more"):
        transact(engine, lambda it: moving.approve(it, name, CHECKER))


def test_nobody_approves_the_people_that_they_chose_themselves(crowd: Crowd) -> None:
    crowd.gathers(3)
    crowd.plans(1)
    engine, vault, name, day = crowd.runtime.engine, crowd.runtime.vault, REMINDER.name, PAYDAY
    crowd.does(update(accounts).where(accounts.c.number == number(3)).values(due_date=day))

    def adds(actor: str, index: int) -> None:
        numbers = [customer_number(index)]
        transact(engine, lambda it: people.choose(it, vault, name, numbers, actor))

    adds("staff:tanaka", 2)
    transact(engine, lambda it: people.choose_due(it, name, day, "staff:ito"))
    adds(CHECKER, 1)  # who is in it already
    for actor in ("staff:tanaka", "staff:ito"):
        with pytest.raises(CampaignRefused, match="You chose people of the campaign december"):
            transact(engine, partial(moving.approve, name=name, actor=actor))

    transact(engine, lambda it: moving.approve(it, name, CHECKER))
    assert crowd.campaign().approved_by == CHECKER

"""What stops a campaign, or one of its messages, while it waits."""

from sqlalchemy import update

from bot.store.tables import (
    outbound_messages,
    payment_links,
)
from tests.campaigns.crowd import Crowd, number


def test_a_stop_midway_takes_back_what_waits(crowd: Crowd) -> None:
    crowd.gathers(30)
    crowd.plans(30)
    crowd.starts()
    crowd.queues(most=10)
    crowd.texting.sends()
    crowd.queues(most=10)

    assert crowd.stops() == 10
    assert crowd.queues() == 0
    crowd.texting.sends()

    assert crowd.got() == {number(index): 1 for index in range(1, 11)}
    told = crowd.progress()
    assert told.people == {"queued": 20, "waiting": 10}
    assert told.messages == {"canceled": 10, "sent": 10}
    assert {link.remind_at for link in crowd.finds(payment_links)} == {None}


def test_what_comes_back_to_be_sent_again_after_a_stop_is_stopped_at_the_gate(
    crowd: Crowd,
) -> None:
    crowd.gathers(1)
    crowd.plans(1)
    crowd.starts()
    crowd.queues()
    crowd.does(update(outbound_messages).values(status="sending"))
    assert crowd.stops() == 0
    crowd.does(update(outbound_messages).values(status="queued"))

    crowd.texting.sends()

    [(status, _)] = crowd.messages()
    [row] = crowd.finds(outbound_messages)
    assert (status, row.reason) == ("canceled", "the campaign was stopped: a mistake")
    assert crowd.got() == {}


def test_a_stop_a_hold_and_a_payment_while_it_waits_win(crowd: Crowd) -> None:
    crowd.gathers(4)
    crowd.plans(4)
    crowd.starts()
    crowd.queues()
    crowd.texting.hears(number(1), "停止")
    crowd.are_on_hold(range(2, 3))
    crowd.have_paid(range(3, 4))

    crowd.texting.sends()

    assert [status for status, _ in crowd.messages()] == ["canceled"] * 3 + ["sent"]

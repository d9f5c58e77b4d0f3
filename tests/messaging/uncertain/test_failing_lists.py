"""Look-ups whose list fails, hangs, or holds strange things."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import update

from bot import errors
from bot.messaging.gate import MessageClass
from bot.messaging.sending import uncertain
from bot.providers import Listed
from bot.store.tables import outbound_messages
from tests.carrier import Carrier
from tests.messaging.lines import HANAKO, TARO, let_pass, look_up, statuses
from tests.messaging.uncertain.doubt import Blind, expire, unknown
from tests.people import Texting


def test_a_look_up_that_fails_keeps_no_other_from_its_turn(texting: Texting) -> None:
    blind = Blind(HANAKO)
    unknown(texting, blind, HANAKO, TARO)
    look_up(texting)

    assert statuses(texting) == ["unknown", "sent"]


def test_a_look_up_that_failed_waits_for_its_next_turn(texting: Texting) -> None:
    blind = Blind(HANAKO)
    unknown(texting, blind, HANAKO)
    look_up(texting)
    uncertain.resolve(texting.runtime)

    assert blind.asked == [HANAKO]


class Stuck(Carrier):
    """A carrier whose lists hang until somebody asks for the last of some numbers."""

    def __init__(self, last: str) -> None:
        super().__init__()
        self.last, self.last_asked = last, threading.Event()

    def sent_to(self, recipient: str, since: datetime) -> Sequence[Listed]:
        if recipient == self.last:
            self.last_asked.set()
        if not self.last_asked.wait(10):
            raise errors.Uncertain("no list")
        return super().sent_to(recipient, since)


def test_lists_that_hang_hold_up_no_other(texting: Texting) -> None:
    numbers = [f"+81900000002{number}" for number in range(10)]
    unknown(texting, Stuck(numbers[-1]), *numbers)
    look_up(texting)

    assert statuses(texting) == ["sent"] * 10


def test_a_reply_is_looked_up_while_the_list_fails_until_it_is_of_no_use(texting: Texting) -> None:
    blind = Blind(HANAKO)
    unknown(texting, blind, HANAKO)
    look_up(texting, seconds=3000)
    assert statuses(texting) == ["unknown"]

    expire(texting)
    look_up(texting, seconds=119)
    assert statuses(texting) == ["unknown"]
    look_up(texting, seconds=125)
    assert statuses(texting) == ["parked"]
    assert texting.says(HANAKO, "ヘルプ") == ["common.help"]


def test_a_reply_whose_post_and_list_failed_for_long_leaves_once_the_list_is_back(
    texting: Texting,
) -> None:
    blind = Blind(HANAKO)
    texting.runtime = replace(texting.runtime, provider=blind)
    blind.faults.append(errors.Uncertain("503"))
    texting.says(HANAKO, "ヘルプ")
    look_up(texting, times=5, seconds=600)
    assert statuses(texting) == ["unknown"]

    blind.unlisted = ()
    look_up(texting, times=2, seconds=700)
    let_pass(texting)
    texting.sends()
    assert statuses(texting) == ["sent"]
    assert len(blind.accepted) == 1


def test_a_notice_that_cannot_be_looked_up_is_parked_after_two_minutes(texting: Texting) -> None:
    blind = Blind(HANAKO)
    unknown(texting, blind, HANAKO)
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(outbound_messages).values(message_class=MessageClass.NOTICE))
    look_up(texting, seconds=119)
    assert statuses(texting) == ["unknown"]

    look_up(texting, seconds=125)
    assert statuses(texting) == ["parked"]


def test_a_listed_message_without_words_is_no_obstacle(texting: Texting, carrier: Carrier) -> None:
    unknown(texting, carrier, HANAKO)
    [(number, found)] = carrier.listed
    redacted: str = None  # type: ignore[assignment]
    carrier.listed.insert(0, (number, replace(found, sid="SMother", body=redacted)))
    look_up(texting)

    assert statuses(texting) == ["sent"]

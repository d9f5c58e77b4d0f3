"""Whose a listed message is: another provider's, another sender's, or that of one look-up alone."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import insert

from bot import errors
from bot.messaging.sending import claim, uncertain
from bot.messaging.sending.uncertain import Listing
from bot.providers import Outgoing, Post
from bot.store.session import transact
from bot.store.tables import senders
from tests.carrier import Carrier
from tests.messaging.lines import HANAKO, let_pass, look_up, statuses
from tests.messaging.locks import wait_for_a_lock
from tests.messaging.uncertain.doubt import Blind, unknown
from tests.people import OURS, Texting

OTHER = "+815000000002"


def test_what_another_provider_may_have_taken_is_not_looked_up_at_this_one(
    texting: Texting, carrier: Carrier
) -> None:
    carrier.name = "vonage"
    unknown(texting, carrier, HANAKO)
    another = Blind()
    texting.runtime = replace(texting.runtime, provider=another)
    look_up(texting, times=2)
    assert statuses(texting) == ["unknown"]
    look_up(texting, seconds=121)
    texting.sends()

    assert statuses(texting) == ["parked"]
    assert another.asked == another.accepted == []


def test_what_a_process_died_with_is_looked_up_at_its_own_provider_only(texting: Texting) -> None:
    another = Blind()
    texting.hears(HANAKO, "ヘルプ")
    transact(texting.runtime.engine, lambda one: claim.claim(one, 1, through="vonage"))
    texting.runtime = replace(texting.runtime, provider=another)
    look_up(texting, times=3)
    texting.sends()

    assert statuses(texting) == ["unknown"]
    assert another.asked == another.accepted == []


class Unlisting:
    """A carrier that lists nothing, and whose answers are lost."""

    name = "unlisting"

    async def send(self, message: Outgoing, post: Post) -> str:
        raise errors.Uncertain("connection reset")


def test_a_provider_without_a_list_settles_nothing_by_a_look_up(texting: Texting) -> None:
    texting.runtime = replace(texting.runtime, provider=Unlisting())
    texting.says(HANAKO, "ヘルプ")
    look_up(texting, times=9, seconds=119)
    assert statuses(texting) == ["unknown"]
    look_up(texting, seconds=121)

    assert statuses(texting) == ["parked"]


def doubt_from_two_senders(texting: Texting, carrier: Carrier) -> None:
    """The same words to one person from two numbers of ours, and no answer of the carrier's."""
    with texting.runtime.engine.begin() as connection:
        connection.execute(insert(senders).values(number=OTHER))
    for ours in (OURS, OTHER):
        carrier.answers_lost.append(errors.Uncertain("connection reset"))
        texting.hears(HANAKO, "ヘルプ", To=ours)
        texting.sends()
    assert statuses(texting) == ["unknown", "unknown"]


def test_what_another_sender_of_ours_sent_proves_nothing(
    texting: Texting, carrier: Carrier
) -> None:
    doubt_from_two_senders(texting, carrier)
    carrier.listed = [one for one in carrier.listed if one[1].sender == OTHER]
    look_up(texting, times=2)
    assert statuses(texting) == ["queued", "sent"]

    let_pass(texting)
    texting.sends()
    assert [message.sender for message in carrier.accepted] == [OURS, OTHER, OURS]


def test_what_the_list_names_no_sender_of_may_be_of_any(texting: Texting, carrier: Carrier) -> None:
    unknown(texting, carrier, HANAKO)
    carrier.listed = [(number, replace(one, sender=None)) for number, one in carrier.listed]
    look_up(texting)

    assert statuses(texting) == ["sent"]


# SQLite has one writer at a time.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_look_ups_at_once_do_not_take_one_listed_message_twice(
    texting: Texting, carrier: Carrier
) -> None:
    engine = texting.runtime.engine
    doubt_from_two_senders(texting, carrier)
    let_pass(texting)
    one, other = transact(engine, uncertain._due)
    listing = Listing(["SMof one of them"], [])
    with ThreadPoolExecutor(1) as pool, engine.connect() as first:
        with first.begin():
            uncertain._write_down(first, one, listing)
            second = pool.submit(
                transact, engine, lambda it: uncertain._write_down(it, other, listing)
            )
            wait_for_a_lock(engine, second)
        second.result()

    assert sorted(statuses(texting)) == ["sent", "unknown"]

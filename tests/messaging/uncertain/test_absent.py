"""What is absent from the list is sent again, where it is surely absent."""

import random
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update

from bot import errors
from bot.messaging.sending.outcome import MOST_ATTEMPTS
from bot.store.columns import seconds_from_now, utc_now
from bot.store.tables import outbound_messages
from tests.carrier import Carrier
from tests.messaging.lines import HANAKO, look_up, statuses
from tests.messaging.uncertain.doubt import unknown
from tests.people import Texting


def test_after_twelve_attempts_what_is_absent_has_failed(
    texting: Texting, carrier: Carrier
) -> None:
    carrier.faults.append(errors.Uncertain("500"))
    texting.says(HANAKO, "ヘルプ")
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(outbound_messages).values(attempts=MOST_ATTEMPTS))
    look_up(texting, times=2)

    assert statuses(texting) == ["failed"]


def test_what_is_absent_is_sent_again_after_a_while_that_grows(
    texting: Texting, carrier: Carrier
) -> None:
    carrier.faults.append(errors.Uncertain("500"))
    texting.says(HANAKO, "ヘルプ")
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(outbound_messages).values(attempts=MOST_ATTEMPTS - 1))
    random.seed(5)
    look_up(texting, times=2)
    assert statuses(texting) == ["queued"]

    with texting.runtime.engine.begin() as connection:
        wait = connection.execute(select(outbound_messages.c.not_before, utc_now())).one()
    assert (wait[0] - wait[1]).total_seconds() > 1


def test_the_words_may_stand_behind_what_the_carrier_puts_before_them(
    texting: Texting, carrier: Carrier
) -> None:
    unknown(texting, carrier, HANAKO)
    [(number, one)] = carrier.listed
    body = f"Sent from your Twilio trial account - {one.body}"
    carrier.listed = [(number, replace(one, body=body))]
    look_up(texting)

    assert statuses(texting) == ["sent"]


def test_the_same_words_dated_a_little_too_early_are_no_proof_of_absence(
    texting: Texting, carrier: Carrier
) -> None:
    unknown(texting, carrier, HANAKO)
    [(number, one)] = carrier.listed
    early = one.created_at - timedelta(minutes=4)
    carrier.listed = [(number, replace(one, created_at=early))]
    look_up(texting, times=3)
    assert statuses(texting) == ["unknown"]
    carrier.listed = [(number, replace(one, created_at=early - timedelta(minutes=2)))]
    look_up(texting, seconds=125)

    assert statuses(texting) == ["parked"]


def test_what_was_listed_before_the_first_attempt_is_not_this_message(
    texting: Texting, carrier: Carrier
) -> None:
    unknown(texting, carrier, HANAKO)
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(outbound_messages).values(created_at=seconds_from_now(-7200)))
    [(number, one)] = carrier.listed
    before = replace(one, created_at=one.created_at - timedelta(hours=1))
    carrier.listed = [(number, before)]
    look_up(texting, times=2)

    assert statuses(texting) == ["queued"]

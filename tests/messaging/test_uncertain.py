"""Messages that perhaps left: what cannot be looked up blocks nobody for ever."""

import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from bot import alerts, errors
from bot.messaging.gate import MessageClass
from bot.messaging.reports.climb import take
from bot.messaging.reports.delivery import Report, record
from bot.messaging.sending import claim, uncertain
from bot.messaging.sending.attempts import Result
from bot.messaging.sending.marks import mark
from bot.messaging.sending.outcome import MOST_ATTEMPTS
from bot.messaging.sending.uncertain import Listing
from bot.providers import Listed, Outgoing, Post
from bot.store.columns import seconds_from_now, utc_now
from bot.store.session import transact
from bot.store.tables import outbound_messages, senders
from tests.carrier import Carrier
from tests.messaging.lines import HANAKO, TARO, let_pass, look_up, rows, statuses
from tests.messaging.locks import wait_for_a_lock
from tests.people import OURS, Texting

OTHER = "+815000000002"


class Blind(Carrier):
    """A carrier whose list does not come for some numbers; it remembers who asked."""

    def __init__(self, *unlisted: str) -> None:
        super().__init__()
        self.unlisted = unlisted
        self.asked: list[str] = []

    def sent_to(self, recipient: str, since: datetime) -> Sequence[Listed]:
        self.asked.append(recipient)
        if recipient in self.unlisted:
            raise errors.Uncertain("no list")
        return super().sent_to(recipient, since)


def unknown(texting: Texting, carrier: Carrier, *numbers: str) -> None:
    """Answers to these numbers leave, and the carrier's own answer is lost."""
    texting.runtime = replace(texting.runtime, provider=carrier)
    for number in numbers:
        carrier.answers_lost.append(errors.Uncertain("connection reset"))
        texting.says(number, "ヘルプ")


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


def expire(texting: Texting) -> None:
    """The answers are of no use to anybody any more."""
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(outbound_messages).values(expires_at=utc_now()))


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


def test_a_callback_settles_what_was_parked(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    blind = Blind(HANAKO)
    unknown(texting, blind, HANAKO)
    expire(texting)
    look_up(texting, seconds=125)
    assert statuses(texting) == ["sent", "parked"]
    record(texting.runtime, Report(2, "twilio", "SMlate", "delivered", None))

    assert rows(texting)[1] == ("sent", "delivered")


def open_alerts(texting: Texting) -> list[str]:
    with texting.runtime.engine.begin() as connection:
        return [row.subject for row in alerts.unsettled(connection)]


def two_parked(texting: Texting) -> None:
    blind = Blind(HANAKO, TARO)
    unknown(texting, blind, HANAKO, TARO)
    expire(texting)
    look_up(texting, seconds=125)
    assert statuses(texting) == ["parked", "parked"]


def test_the_late_callback_that_settles_the_last_parked_message_ends_its_alert(
    texting: Texting,
) -> None:
    two_parked(texting)
    record(texting.runtime, Report(2, "twilio", "SMlate", "delivered", None))
    assert open_alerts(texting) == ["parked messages"]
    record(texting.runtime, Report(1, "twilio", "SMlater", "sent", None))

    assert open_alerts(texting) == []


# SQLite has one writer at a time.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_callbacks_that_settle_the_last_two_at_once_end_the_alert(texting: Texting) -> None:
    engine = texting.runtime.engine
    two_parked(texting)
    with ThreadPoolExecutor(1) as pool, engine.connect() as first:
        with first.begin():
            take(first, texting.runtime, Report(1, "twilio", "SMone", "sent", None))
            second = pool.submit(
                record, texting.runtime, Report(2, "twilio", "SMother", "sent", None)
            )
            wait_for_a_lock(engine, second)
        second.result()

    assert open_alerts(texting) == []


def test_an_answer_that_comes_after_its_message_was_parked_ends_the_alert(
    texting: Texting,
) -> None:
    texting.hears(HANAKO, "ヘルプ")
    engine = texting.runtime.engine
    [claimed] = transact(engine, lambda one: claim.claim(one, 1)).messages
    expire(texting)
    texting.runtime = replace(texting.runtime, provider=Blind(HANAKO))
    look_up(texting, seconds=125)
    assert open_alerts(texting) == ["parked messages"]
    late = replace(claimed, leased_until=time.monotonic() - 1)
    transact(engine, lambda one: mark(one, [Result(late, "sent", "twilio", "SMlate")]))

    assert (statuses(texting), open_alerts(texting)) == (["sent"], [])


def test_a_message_that_was_taken_back_and_left_all_the_same_is_taken_for_no_other(
    texting: Texting, carrier: Carrier
) -> None:
    unknown(texting, carrier, HANAKO)
    [(_, left)] = carrier.listed
    carrier.listed.clear()
    texting.hears(HANAKO, "STOP")
    look_up(texting, times=2)
    let_pass(texting)
    texting.sends()
    assert statuses(texting) == ["canceled", "sent"]
    record(texting.runtime, Report(1, "twilio", left.sid, "delivered", None))
    assert rows(texting)[0] == ("canceled", "delivered")

    carrier.listed.append((HANAKO, left))
    texting.says(HANAKO, "START")
    carrier.faults.append(errors.Uncertain("500"))
    texting.says(HANAKO, "ヘルプ")
    look_up(texting)
    assert statuses(texting)[-1] == "unknown"


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


def parked_though_it_left(texting: Texting, carrier: Carrier) -> None:
    """The first of two equal messages was parked while the list failed; the second perhaps left."""
    unknown(texting, carrier, HANAKO)
    expire(texting)
    texting.runtime = replace(texting.runtime, provider=Blind(HANAKO))
    look_up(texting, seconds=125)
    assert statuses(texting) == ["parked"]
    texting.runtime = replace(texting.runtime, provider=carrier)


def test_what_a_parked_message_may_have_left_is_taken_for_no_other(
    texting: Texting, carrier: Carrier
) -> None:
    parked_though_it_left(texting, carrier)
    carrier.faults.append(errors.Uncertain("500"))
    texting.says(HANAKO, "ヘルプ")
    look_up(texting, times=3)
    assert statuses(texting) == ["parked", "unknown"]

    look_up(texting, seconds=125)
    assert statuses(texting) == ["parked", "parked"]


def test_beside_a_parked_message_two_listed_ones_prove_that_both_left(
    texting: Texting, carrier: Carrier
) -> None:
    parked_though_it_left(texting, carrier)
    unknown(texting, carrier, HANAKO)
    look_up(texting)

    assert statuses(texting) == ["parked", "sent"]


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

"""Messages that are parked: what settles them, and what they are taken for."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from bot import alerts, errors
from bot.messaging.reports.climb import take
from bot.messaging.reports.delivery import Report, record
from bot.messaging.sending import claim
from bot.messaging.sending.attempts import Result
from bot.messaging.sending.marks import mark
from bot.store.session import transact
from tests.carrier import Carrier
from tests.messaging.lines import HANAKO, TARO, let_pass, look_up, rows, statuses
from tests.messaging.locks import wait_for_a_lock
from tests.messaging.uncertain.doubt import Blind, expire, unknown
from tests.people import Texting


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

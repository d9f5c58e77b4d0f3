"""Circuit breakers: an outage burns nobody's attempts, a person hears of it, one message tries."""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update

from bot import alerts, errors
from bot.alerts import Kind
from bot.errors import SendError
from bot.messaging import outbox
from bot.messaging.answering.render import Rendered
from bot.messaging.grounds import MessageClass
from bot.messaging.sending import breakers, claim
from bot.messaging.sending.attempts import Result
from bot.messaging.sending.circuits import LONGEST_PAUSE_S
from bot.messaging.sending.outcome import outcome
from bot.providers.codes import refusal
from bot.store.columns import seconds_from_now, utc_now
from bot.store.session import transact
from bot.store.tables import circuits, conversations, outbound_messages, senders
from bot.text.language import Language
from tests.carrier import Carrier
from tests.messaging.campaign import people
from tests.messaging.lines import let_pass, statuses
from tests.people import Texting

TEXT = Rendered("common.help", Language.JA, "r", "x", "GSM-7", 1)
JAPAN = [f"+8190000{number:05}" for number in range(60)]
AMERICA = [f"+1202555010{number}" for number in range(6)]
OTHER = "+815000000002"


def queue(texting: Texting, numbers: Sequence[str]) -> None:
    """A reply in the line of each."""
    with texting.runtime.engine.begin() as connection:
        for one in people(connection, numbers):
            outbox.enqueue(connection, one, [TEXT], MessageClass.REPLY)


def sends(texting: Texting, carrier: Carrier, *faults: SendError) -> int:
    """Send what may leave, with these faults, and return how often the carrier was asked."""
    carrier.faults[:] = faults
    before = len(carrier.accepted)
    texting.sends()
    asked = len(carrier.accepted) - before + len(faults) - len(carrier.faults)
    carrier.faults.clear()
    return asked


def put_off(texting: Texting) -> None:
    """What failed comes back after the test: its back-off is of a random length."""
    with texting.runtime.engine.begin() as connection:
        connection.execute(
            update(outbound_messages)
            .where(outbound_messages.c.status == "queued")
            .values(not_before=seconds_from_now(600))
        )


def unsettled(texting: Texting) -> list[tuple[str, str]]:
    with texting.runtime.engine.begin() as connection:
        return [(one.kind, one.subject) for one in alerts.unsettled(connection)]


def open_for(texting: Texting) -> list[float]:
    """For how many more seconds each open circuit lets nothing pass."""
    with texting.runtime.engine.begin() as connection:
        rows = connection.execute(
            select(circuits.c.open_until, utc_now().label("now")).where(
                circuits.c.open_until.is_not(None)
            )
        ).all()
    return [(row.open_until - row.now).total_seconds() for row in rows]


def test_a_wrong_token_stops_everything_at_once_and_alerts(
    texting: Texting, carrier: Carrier
) -> None:
    queue(texting, JAPAN[:1])
    assert sends(texting, carrier, refusal("twilio", 20003)) == 1
    queue(texting, JAPAN[1:5])

    assert sends(texting, carrier) == 0
    assert statuses(texting) == ["queued"] * 5
    assert unsettled(texting) == [(Kind.ACCOUNT, "account")]


def test_one_message_tries_and_when_it_gets_through_all_leave_and_the_alert_ends(
    texting: Texting, carrier: Carrier
) -> None:
    queue(texting, JAPAN[:6])
    # All six were claimed at once; each failure stands for itself.
    sends(texting, carrier, *[refusal("twilio", 20003)] * 6)
    let_pass(texting)
    assert sends(texting, carrier, refusal("twilio", 20003)) == 1
    assert sends(texting, carrier) == 0
    let_pass(texting)

    assert sends(texting, carrier) == 6
    assert set(statuses(texting)) == {"sent"}
    assert unsettled(texting) == []
    assert open_for(texting) == []


RATIOS = [(20, 10, True), (20, 9, False), (19, 19, False), (40, 20, True), (40, 19, False)]


@pytest.mark.parametrize(("attempts", "failures", "opens"), RATIOS)
@pytest.mark.parametrize(
    "error",
    [
        errors.Unreachable("no route", None, 60.0),
        errors.Uncertain("500"),
        errors.Throttled("slow", 20429, 60.0),
    ],
)
def test_half_of_twenty_attempts_open_the_accounts_circuit(
    texting: Texting,
    carrier: Carrier,
    error: SendError,
    attempts: int,
    failures: int,
    opens: bool,
) -> None:
    queue(texting, JAPAN[:attempts])
    sends(texting, carrier, *[error] * failures)

    assert bool(open_for(texting)) == opens
    assert bool(unsettled(texting)) == opens


def test_what_a_number_is_to_blame_for_opens_nothing(texting: Texting, carrier: Carrier) -> None:
    queue(texting, JAPAN[:40])
    sends(texting, carrier, *[refusal("twilio", 21211)] * 40)

    assert open_for(texting) == []
    assert set(statuses(texting)) == {"failed"}


def test_attempts_of_long_ago_do_not_count(texting: Texting, carrier: Carrier) -> None:
    queue(texting, JAPAN[:19])
    sends(texting, carrier, *[errors.Unreachable("no route")] * 19)
    put_off(texting)
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(circuits).values(window_at=seconds_from_now(-31)))
    queue(texting, JAPAN[19:29])
    sends(texting, carrier, *[errors.Unreachable("no route")] * 10)

    assert open_for(texting) == []


def test_what_got_through_in_between_counts(texting: Texting, carrier: Carrier) -> None:
    queue(texting, JAPAN[:5])
    sends(texting, carrier, *[errors.Throttled("slow", 20429)] * 5)
    put_off(texting)
    queue(texting, JAPAN[5:25])
    assert sends(texting, carrier) == 20
    queue(texting, JAPAN[25:35])
    sends(texting, carrier, *[errors.Throttled("slow", 20429)] * 10)

    assert open_for(texting) == []
    put_off(texting)
    queue(texting, JAPAN[35:40])
    sends(texting, carrier, *[errors.Throttled("slow", 20429)] * 5)
    assert len(open_for(texting)) == 1


def test_a_circuit_stays_open_for_longer_each_time_in_a_row(
    texting: Texting, carrier: Carrier
) -> None:
    queue(texting, JAPAN[:20])
    sends(texting, carrier, *[errors.Unreachable("no route")] * 20)
    pauses = open_for(texting)
    for _ in range(4):
        let_pass(texting)
        assert sends(texting, carrier, errors.Unreachable("no route")) == 1
        pauses += open_for(texting)

    assert [5 * math.ceil(pause / 5) for pause in pauses] == [5, 10, 20, 30, 30]


def test_it_stays_open_for_as_long_as_the_provider_asks(texting: Texting, carrier: Carrier) -> None:
    queue(texting, JAPAN[:20])
    sends(texting, carrier, *[errors.Throttled("slow", 20429, 120.0)] * 20)

    assert [pause > 100 for pause in open_for(texting)] == [True]


def shift(texting: Texting, seconds: float) -> None:
    """Let so many seconds pass for all that waits; who fell due first stays first."""
    passed = timedelta(seconds=seconds)
    with texting.runtime.engine.begin() as connection:
        for row in connection.execute(select(outbound_messages)).all():
            this = update(outbound_messages).where(outbound_messages.c.id == row.id)
            connection.execute(this.values(not_before=row.not_before - passed))
        for row in connection.execute(select(circuits)).all():
            if row.open_until is not None:
                connection.execute(update(circuits).values(open_until=row.open_until - passed))


def test_an_outage_burns_nobodys_attempts(texting: Texting, carrier: Carrier) -> None:
    queue(texting, JAPAN[:20])
    sends(texting, carrier, *[errors.Unreachable("no route")] * 20)
    # Half an hour of probes.
    for _ in range(int(1800 / LONGEST_PAUSE_S)):
        shift(texting, LONGEST_PAUSE_S)
        assert sends(texting, carrier, errors.Unreachable("no route")) == 1
    with texting.runtime.engine.begin() as connection:
        most = connection.execute(select(func.max(outbound_messages.c.attempts))).scalar_one()
    assert most <= 6
    shift(texting, 300)
    sends(texting, carrier)
    assert set(statuses(texting)) == {"sent"}


def test_a_message_that_finds_nobody_is_sent_after_twenty_two_minutes(
    texting: Texting, carrier: Carrier
) -> None:
    queue(texting, JAPAN[:1])
    for _ in range(44):
        sends(texting, carrier, errors.Unreachable("connection refused"))
        shift(texting, LONGEST_PAUSE_S)

    assert sends(texting, carrier) == 1
    assert statuses(texting) == ["sent"]


def test_what_a_person_must_mend_is_tried_less_and_less_often(
    texting: Texting, carrier: Carrier
) -> None:
    queue(texting, JAPAN[:1])
    pauses: list[float] = []
    for _ in range(5):
        assert sends(texting, carrier, refusal("twilio", 20003)) == 1
        pauses += open_for(texting)
        let_pass(texting)

    assert [5 * math.ceil(pause / 5) for pause in pauses] == [30, 60, 120, 240, 300]


def test_a_senders_trouble_is_its_own(texting: Texting, carrier: Carrier) -> None:
    with texting.runtime.engine.begin() as connection:
        connection.execute(insert(senders).values(number=OTHER))
    queue(texting, JAPAN[:1])
    sends(texting, carrier, refusal("twilio", 21606))
    queue(texting, JAPAN[1:3])
    with texting.runtime.engine.begin() as connection:
        for table in (conversations, outbound_messages):
            connection.execute(update(table).where(table.c.id == 3).values(sender_id=2))

    assert sends(texting, carrier) == 1
    assert statuses(texting) == ["queued", "queued", "sent"]
    assert unsettled(texting) == [(Kind.SENDER, "sender +815000000001")]


def queue_receipts(texting: Texting, numbers: Sequence[str]) -> None:
    """A message that is no answer in the line of each, of what they just did: day and night."""
    about = outbox.About(acted_at=datetime.now(UTC))
    with texting.runtime.engine.begin() as connection:
        for one in people(connection, numbers):
            outbox.enqueue(connection, one, [TEXT], MessageClass.NOTICE, about=about)


@pytest.mark.parametrize("code", [21408, 30034])
def test_a_country_that_may_not_be_sent_to_waits_and_others_do_not(
    texting: Texting, carrier: Carrier, code: int
) -> None:
    queue_receipts(texting, AMERICA[:3])
    sends(texting, carrier, *[refusal("twilio", code)] * 3)
    queue_receipts(texting, [*AMERICA[3:4], JAPAN[0]])

    assert sends(texting, carrier) == 1
    assert statuses(texting) == [*["failed"] * 3, "queued", "sent"]
    assert unsettled(texting) == [(Kind.REGION, "region US")]
    let_pass(texting)
    assert sends(texting, carrier) == 1
    assert statuses(texting) == [*["failed"] * 3, "sent", "sent"]
    assert unsettled(texting) == []


def test_answers_pass_a_countrys_circuit_and_close_it(texting: Texting, carrier: Carrier) -> None:
    queue_receipts(texting, AMERICA[:4])
    sends(texting, carrier, *[refusal("twilio", 21408)] * 4)
    texting.says(AMERICA[4], "STOP")

    assert len(carrier.bodies(AMERICA[4])) == 1
    assert open_for(texting) == []
    assert unsettled(texting) == []


def test_one_number_refused_again_and_again_silences_no_country(
    texting: Texting, carrier: Carrier
) -> None:
    for _ in range(4):
        carrier.faults.append(refusal("twilio", 21408))
        texting.says(AMERICA[0], "HELP")
    queue_receipts(texting, AMERICA[1:2])

    assert unsettled(texting) == [(Kind.REGION, "region US")]
    assert sends(texting, carrier) == 1


def test_what_gets_through_starts_the_count_of_refused_numbers_anew(
    texting: Texting, carrier: Carrier
) -> None:
    for number, is_refused in zip(AMERICA[:5], (True, True, False, True, True), strict=True):
        queue_receipts(texting, [number])
        sends(texting, carrier, *[refusal("twilio", 21408)] * is_refused)

    assert open_for(texting) == []
    queue_receipts(texting, AMERICA[5:6])
    sends(texting, carrier, refusal("twilio", 21408))
    assert len(open_for(texting)) == 1


def test_two_workers_send_one_probe(texting: Texting, carrier: Carrier) -> None:
    queue(texting, JAPAN[:8])
    sends(texting, carrier, *[refusal("twilio", 20003)] * 8)
    let_pass(texting)

    def take(_: int) -> int:
        found = transact(texting.runtime.engine, lambda connection: claim.claim(connection, 10))
        return len(found.messages)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, range(8))) == 1


def test_a_probe_that_was_given_back_lets_another_try(texting: Texting, carrier: Carrier) -> None:
    queue(texting, JAPAN[:2])
    sends(texting, carrier, *[refusal("twilio", 20003)] * 2)
    let_pass(texting)

    def give_back(connection: object) -> None:
        [probe] = claim.claim(connection, 10).messages  # type: ignore[arg-type]
        back = Result(probe, "queued", "twilio", given_back=True)
        breakers.note(connection, [back])  # type: ignore[arg-type]

    transact(texting.runtime.engine, give_back)

    assert sends(texting, carrier) == 1


def test_a_probe_whose_worker_died_is_given_up_with_its_lease(
    texting: Texting, carrier: Carrier
) -> None:
    queue(texting, JAPAN[:2])
    sends(texting, carrier, *[refusal("twilio", 20003)] * 2)
    let_pass(texting)
    transact(texting.runtime.engine, lambda connection: claim.claim(connection, 10))
    assert [15 < pause <= 20 for pause in open_for(texting)] == [True]
    let_pass(texting)

    assert sends(texting, carrier) == 1


def test_a_probe_that_fails_late_opens_nothing_that_another_has_closed(
    texting: Texting, carrier: Carrier
) -> None:
    queue(texting, JAPAN[:3])
    sends(texting, carrier, *[refusal("twilio", 20003)] * 3)
    let_pass(texting)
    [late] = transact(texting.runtime.engine, lambda one: claim.claim(one, 10)).messages
    let_pass(texting)
    assert sends(texting, carrier) == 2

    failed = outcome("twilio", late, errors.Unreachable("no route"))
    transact(texting.runtime.engine, lambda one: breakers.note(one, [failed]))
    assert open_for(texting) == []


def test_a_circuit_is_everybodys(texting: Texting, carrier: Carrier) -> None:
    queue(texting, JAPAN[:2])
    sends(texting, carrier, *[refusal("twilio", 20003)] * 2)
    fresh = Carrier()
    another = replace(texting, runtime=replace(texting.runtime, provider=fresh))
    another.sends()

    assert fresh.accepted == []


def test_alerts_about_scripts_name_the_script(texting: Texting, carrier: Carrier) -> None:
    queue(texting, JAPAN[:1])
    sends(texting, carrier, refusal("twilio", 21617))

    assert unsettled(texting) == [(Kind.SCRIPT, "common.help")]
    assert open_for(texting) == []

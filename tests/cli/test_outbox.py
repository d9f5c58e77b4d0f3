"""`henji outbox …`: what did not leave, why, and what a person decides about it, by name."""

import pytest
from sqlalchemy import select, update

from bot import alerts, errors
from bot.messaging import outbox
from bot.messaging.answering.render import Rendered
from bot.messaging.grounds import MessageClass
from bot.messaging.reports.delivery import Report, record
from bot.messaging.sending.decisions import LONGEST_REASON
from bot.store.columns import seconds_from_now
from bot.store.tables import outbound_messages, outbox_acts
from bot.text.language import Language
from tests.carrier import Carrier
from tests.cli.commands import NO_DATABASE, Ended, henji
from tests.messaging.lines import HANAKO, TARO, look_up, rows, statuses
from tests.messaging.reporting import kept
from tests.people import Texting

RECEIPT = Rendered("payment.receipt", Language.JA, "r", "12,800円を領収いたしました", "UCS-2", 1)
SAKI, JIRO, KEN = "+819000000003", "+819000000004", "+819000000005"
BY = ("--by", "akari", "--reason", "told by telephone")


@pytest.fixture
def database_url(postgres_database: str) -> str:
    """PostgreSQL alone: SQLite takes texts of any length."""
    return postgres_database


def receipt(texting: Texting, number: str) -> int:
    """A receipt for somebody who has written before waits to leave; returns its id."""
    texting.says(number, "ヘルプ")
    conversation = kept(texting, outbound_messages)[-1].conversation_id
    with texting.runtime.engine.begin() as connection:
        outbox.enqueue(connection, conversation, [RECEIPT], MessageClass.NOTICE)
    return int(kept(texting, outbound_messages)[-1].id)


def parked(texting: Texting, carrier: Carrier, number: str = HANAKO) -> int:
    """A receipt of which nobody can tell whether it left."""
    message = receipt(texting, number)
    carrier.faults.append(errors.Uncertain("500"))
    texting.sends()
    look_up(texting, times=2)
    assert statuses(texting)[-1] == "parked"
    return message


def failed(texting: Texting, carrier: Carrier, number: str = HANAKO) -> int:
    """A reply that the carrier refused for good."""
    carrier.faults.append(errors.Refused("refused with code 21612: there is no way", 21612))
    texting.says(number, "相談")
    return int(kept(texting, outbound_messages)[-1].id)


def change(texting: Texting, message: int, **values: object) -> None:
    with texting.runtime.engine.begin() as connection:
        this = update(outbound_messages).where(outbound_messages.c.id == message)
        connection.execute(this.values(**values))


def lines(ended: Ended) -> list[list[str]]:
    """What a list printed, by its columns; the time is left out."""
    assert (ended.status, ended.err) == (0, "")
    columns = [line.split("  ") for line in ended.out.splitlines()]
    return [[*line[:2], *line[3:]] for line in columns]


def test_everything_that_did_not_leave_is_listed_with_its_reason(
    texting: Texting, carrier: Carrier, environment: dict[str, str]
) -> None:
    in_doubt = parked(texting, carrier, HANAKO)
    refused = failed(texting, carrier, TARO)
    stuck = receipt(texting, SAKI)
    change(texting, stuck, not_before=seconds_from_now(600))
    expired = receipt(texting, JIRO)
    change(texting, expired, expires_at=seconds_from_now(-1))
    unknown = receipt(texting, KEN)
    carrier.faults.append(errors.Uncertain("answered 500"))
    texting.sends()
    change(texting, stuck, not_before=seconds_from_now(-61))

    listed = lines(henji("outbox", "list", environment=environment))
    assert [line[:2] for line in listed] == [
        [str(unknown), "unknown"],
        [str(expired), "expired"],
        [str(stuck), "stuck"],
        [str(refused), "failed"],
        [str(in_doubt), "parked"],
    ]
    reasons = [line[-1] for line in listed]
    assert reasons[1] == "too old to be of use"
    assert reasons[3:] == [
        "refused with code 21612: there is no way",
        "maybe sent: a person must decide",
    ]
    assert listed[3][-2] == "code 21612"
    shown = str(listed)
    assert not any(number in shown for number in (HANAKO, TARO, SAKI, JIRO, KEN))
    assert "領収" not in shown

    only = lines(henji("outbox", "list", "--only", "parked", environment=environment))
    assert [line[0] for line in only] == [str(in_doubt)]


def test_a_long_list_tells_how_it_goes_on(
    texting: Texting, carrier: Carrier, environment: dict[str, str]
) -> None:
    first, second = failed(texting, carrier, HANAKO), failed(texting, carrier, TARO)
    newest = henji("outbox", "list", "--limit", "1", environment=environment)
    assert newest.out.startswith(f"{second}  ")
    assert newest.err == f"henji: there may be more: henji outbox list --before {second}\n"

    older = henji("outbox", "list", "--before", str(second), environment=environment)
    assert [line[0] for line in lines(older)] == [str(first)]


def test_all_of_one_message_is_shown_and_its_words_only_if_asked_for(
    texting: Texting, carrier: Carrier, environment: dict[str, str]
) -> None:
    message = failed(texting, carrier)
    shown = henji("outbox", "show", str(message), environment=environment)

    told = shown.out.splitlines()
    assert told[0] == f"message: {message}"
    for line in ("status: failed", "script key: handover.requested", "attempts: 1"):
        assert line in told
    assert any(line.startswith("code: 21612, there is no way") for line in told)
    assert HANAKO not in shown.out
    words = kept(texting, outbound_messages)[-1].body
    assert words not in shown.out
    with_text = henji("outbox", "show", str(message), "--show-text", environment=environment)
    assert words.splitlines()[0] in with_text.out


def test_what_failed_is_sent_after_all_and_the_act_is_kept(
    texting: Texting, carrier: Carrier, environment: dict[str, str]
) -> None:
    message = failed(texting, carrier)
    ended = henji("outbox", "retry", str(message), *BY, environment=environment)
    assert (ended.status, ended.out) == (0, f"Queued again: {message}.\n")
    assert statuses(texting) == ["queued"]
    texting.sends()

    assert statuses(texting) == ["sent"]
    [act] = kept(texting, outbox_acts)
    assert (act.act, act.actor, act.reason, act.was) == (
        "retry",
        "staff:akari",
        "told by telephone",
        "failed",
    )
    shown = henji("outbox", "show", str(message), environment=environment)
    assert "retry by staff:akari: told by telephone" in shown.out


def test_what_perhaps_arrived_is_sent_again_only_by_somebody_who_made_sure(
    texting: Texting, carrier: Carrier, environment: dict[str, str]
) -> None:
    message = parked(texting, carrier)
    refused = henji("outbox", "retry", str(message), *BY, environment=environment)
    assert refused.status == 1
    assert "perhaps arrived" in refused.err
    assert "--it-did-not-arrive" in refused.err
    assert kept(texting, outbox_acts) == []

    sure = (*BY, "--it-did-not-arrive")
    assert henji("outbox", "retry", str(message), *sure, environment=environment).status == 0
    with texting.runtime.engine.begin() as connection:
        assert alerts.unsettled(connection) == []
    texting.sends()
    assert carrier.bodies()[-1] == RECEIPT.body


def test_a_callback_outruns_the_second_sending_of_what_had_arrived(
    texting: Texting, carrier: Carrier, environment: dict[str, str]
) -> None:
    message = parked(texting, carrier)
    sure = (*BY, "--it-did-not-arrive")
    henji("outbox", "retry", str(message), *sure, environment=environment)
    record(texting.runtime, Report(message, "twilio", "SMlate", "delivered", None))
    texting.sends()

    assert rows(texting)[-1] == ("sent", "delivered")
    assert RECEIPT.body not in carrier.bodies()


def test_nothing_is_sent_after_all_to_somebody_who_stopped_since(
    texting: Texting, carrier: Carrier, environment: dict[str, str]
) -> None:
    carrier.faults.append(errors.Refused("refused with code 21612", 21612))
    texting.says(HANAKO, "ヘルプ")
    texting.says(HANAKO, "配信停止")
    refused = henji("outbox", "retry", "1", *BY, environment=environment)

    assert refused.status == 1
    assert refused.err == "henji: The recipient of message 1 has stopped messages since.\n"
    texting.says(HANAKO, "START")
    assert henji("outbox", "retry", "1", *BY, environment=environment).status == 0


def test_what_is_given_up_never_leaves_and_the_next_goes_on(
    texting: Texting, carrier: Carrier, environment: dict[str, str]
) -> None:
    message = receipt(texting, HANAKO)
    carrier.faults.append(errors.Uncertain("500"))
    texting.sends()
    texting.hears(HANAKO, "相談")
    texting.sends()
    assert statuses(texting) == ["sent", "unknown", "queued"]

    ended = henji("outbox", "discard", str(message), *BY, environment=environment)
    assert (ended.status, ended.out) == (0, f"Given up: {message}.\n")
    look_up(texting, times=3)
    texting.sends()
    assert statuses(texting) == ["sent", "canceled", "sent"]
    [act] = kept(texting, outbox_acts)
    assert (act.act, act.actor, act.was) == ("discard", "staff:akari", "unknown")


def test_the_alert_about_what_is_parked_ends_with_the_last_of_it(
    texting: Texting, carrier: Carrier, environment: dict[str, str]
) -> None:
    both = [parked(texting, carrier, HANAKO), parked(texting, carrier, TARO)]

    def left() -> int:
        with texting.runtime.engine.begin() as connection:
            return len(alerts.unsettled(connection))

    assert left() == 1
    henji("outbox", "discard", str(both[0]), *BY, environment=environment)
    assert left() == 1
    henji("outbox", "discard", str(both[1]), *BY, environment=environment)
    assert left() == 0


@pytest.mark.parametrize("act", ["retry", "discard"])
def test_of_several_messages_all_are_decided_or_none(
    texting: Texting, carrier: Carrier, environment: dict[str, str], act: str
) -> None:
    texting.says(TARO, "ヘルプ")
    message = failed(texting, carrier)
    ended = henji("outbox", act, str(message), "1", *BY, environment=environment)

    assert (ended.status, ended.out) == (1, "")
    assert "Message 1 is sent" in ended.err
    assert statuses(texting) == ["sent", "failed"]
    assert kept(texting, outbox_acts) == []


def test_the_longest_name_and_reason_fit(
    texting: Texting, carrier: Carrier, environment: dict[str, str]
) -> None:
    message = failed(texting, carrier)
    longest = ("--by", "a" * 50, "--reason", "理" * LONGEST_REASON)
    ended = henji("outbox", "discard", str(message), *longest, environment=environment)

    assert (ended.status, ended.err) == (0, "")
    assert kept(texting, outbox_acts)[0].reason == "理" * LONGEST_REASON


WRONG = [
    (("--by", "a" * 51, "--reason", "x"), "A name is 1 to 50"),
    (("--by", "two words", "--reason", "x"), "A name is 1 to 50"),
    (("--by", "akari", "--reason", "x" * 151), "Give a reason"),
    (("--by", "akari", "--reason", "x" * 5000), "Give a reason"),
    (("--by", "akari", "--reason", "  "), "Give a reason"),
]


@pytest.mark.parametrize(("given", "words"), WRONG)
@pytest.mark.parametrize("act", ["retry", "discard"])
def test_who_decides_says_so_and_why(
    texting: Texting,
    carrier: Carrier,
    environment: dict[str, str],
    act: str,
    given: tuple[str, ...],
    words: str,
) -> None:
    message = failed(texting, carrier)
    ended = henji("outbox", act, str(message), *given, environment=environment)

    assert ended.status == 1
    assert ended.err.startswith(f"henji: {words}")
    assert statuses(texting) == ["failed"]


@pytest.mark.parametrize("act", ["retry", "discard", "show"])
def test_a_message_that_there_is_not_is_named(
    texting: Texting, environment: dict[str, str], act: str
) -> None:
    given = () if act == "show" else BY
    ended = henji("outbox", act, "99", *given, environment=environment)
    assert (ended.status, ended.err) == (1, "henji: There is no message 99.\n")


def test_what_is_on_its_way_is_nobodys_to_decide(
    texting: Texting, environment: dict[str, str]
) -> None:
    texting.says(HANAKO, "ヘルプ")
    change(texting, 1, status="sending", lease_until=seconds_from_now(20))
    for act in ("retry", "discard"):
        assert henji("outbox", act, "1", *BY, environment=environment).status == 1
    with texting.runtime.engine.begin() as connection:
        assert connection.execute(select(outbound_messages.c.status)).scalar_one() == "sending"


@pytest.mark.parametrize(
    "call",
    [
        ("retry",),
        ("retry", "x", *BY),
        ("retry", str(2**63), *BY),
        ("discard", "1"),
        ("discard", "0", *BY),
        ("show",),
        ("show", "-1"),
        ("list", "--only", "lost"),
        ("list", "--before", str(2**63)),
    ],
)
def test_a_wrong_call_is_told_before_anything_is_opened(call: tuple[str, ...]) -> None:
    assert henji("outbox", *call, environment=NO_DATABASE).status == 2

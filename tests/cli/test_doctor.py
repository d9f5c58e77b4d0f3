"""`henji doctor`: what is set wrongly, is away, or waits for a person, in words."""

from collections.abc import Iterator

import pytest
from redis import Redis
from sqlalchemy import Engine, insert, update

from bot.alerts import Kind, alert
from bot.errors import Refused
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now
from bot.store.lock import only_one
from bot.store.session import transact
from bot.store.tables import (
    alerts,
    checkouts,
    conversations,
    gateway_events,
    inbound_messages,
    outbound_messages,
    reconciliations,
    senders,
)
from tests.carrier import Carrier
from tests.cases import vonage
from tests.cli.commands import Ended, henji
from tests.paying import Paying
from tests.people import OURS, Texting, add_customer

HANAKO = "+819000000001"
OTHER = "+819000000002"


@pytest.fixture
def healthy(environment: dict[str, str]) -> dict[str, str]:
    """An environment in which nothing is left to be set."""
    return {**environment, "HENJI_LEGAL_NAME": "例示商会株式会社"}


@pytest.fixture
def clock(engine: Engine) -> Iterator[None]:
    """A clock that runs, as far as others can tell."""
    with only_one(engine, "clock") as mine:
        assert mine()
        yield


def troubles(ended: Ended) -> list[str]:
    assert ended.err == ""
    return [line[3:] for line in ended.out.splitlines() if line.startswith("! ")]


def examined(environment: dict[str, str]) -> list[str]:
    ended = henji("doctor", environment=environment)
    found = troubles(ended)
    assert ended.status == bool(found)
    return found


@pytest.mark.usefixtures("clock", "runtime")
def test_a_healthy_house_is_told_so(healthy: dict[str, str]) -> None:
    ended = henji("doctor", environment=healthy)

    assert troubles(ended) == []
    assert ended.status == 0
    assert all(line.startswith("ok ") for line in ended.out.splitlines())
    assert "+8150****0001" in ended.out


def test_everything_that_is_not_set_is_named() -> None:
    found = examined({"DATABASE_URL": "sqlite://", "REDIS_URL": "unix://nowhere"})

    named = {sentence.split()[0] for sentence in found}
    assert named >= {
        "SECRET_KEY",
        "PUBLIC_URL",
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "HENJI_BRAND",
        "HENJI_LEGAL_NAME",
        "HENJI_SUPPORT_PHONE",
    }


WRONG = [
    ({"PUBLIC_URL": "http://sms.example.com"}, "PUBLIC_URL begins with http://"),
    ({"PUBLIC_URL": "sms.example.com"}, "PUBLIC_URL is wrong"),
    ({"LINK_URL": "http://x.example.com"}, "LINK_URL begins with http://"),
    ({"SECRET_KEY": "short"}, "SECRET_KEY is wrong"),
    ({"HENJI_BRAND": ""}, "HENJI_BRAND is not set"),
    ({"HENJI_BRAND_EN": ""}, "HENJI_BRAND_EN is not set"),
    ({"HENJI_LEGAL_NAME": ""}, "HENJI_LEGAL_NAME is not set"),
    ({"HENJI_SUPPORT_PHONE": ""}, "HENJI_SUPPORT_PHONE is not set"),
    ({"HENJI_FLOW_MODULES": "no.such"}, "HENJI_FLOW_MODULES is wrong"),
    ({"HENJI_SENDER": "+815099999999"}, "HENJI_SENDER has no effect"),
    ({"HENJI_OPTOUT_MODE": "maybe"}, "HENJI_OPTOUT_MODE is wrong"),
    ({"REDIS_URL": "redis://127.0.0.1:9/0"}, "Redis cannot be reached"),
    ({"REDIS_URL": "http://redis"}, "REDIS_URL is wrong"),
    ({"DATABASE_URL": "mysql://u:himitsu@h/x"}, "DATABASE_URL is wrong"),
    ({"DATABASE_URL": "postgresql://u:himitsu@h:port/x"}, "DATABASE_URL is wrong"),
    (
        {"DATABASE_URL": "postgresql://u:himitsu@127.0.0.1:9/x"},
        "The database at postgresql on 127.0.0.1:9 cannot be reached",
    ),
    ({"DATABASE_URL": "sqlite://"}, "The database is not migrated: run henji migrate"),
]


@pytest.mark.parametrize(("change", "sentence"), WRONG)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("clock", "runtime")
def test_one_thing_that_is_wrong_is_the_one_that_is_named(
    healthy: dict[str, str], change: dict[str, str], sentence: str
) -> None:
    found = examined({**healthy, **change})

    assert len(found) == 1
    assert found[0].startswith(sentence)
    assert "himitsu" not in found[0]


NO_APPLICATION = {"VONAGE_APPLICATION_ID": "", "VONAGE_PRIVATE_KEY": ""}
AT_VONAGE = [
    ({}, []),
    (NO_APPLICATION, ["VONAGE_API_SECRET is missing"]),
    ({**NO_APPLICATION, "VONAGE_API_SECRET": "himitsu"}, ["VONAGE_APPLICATION_ID is not set"]),
    ({"VONAGE_APPLICATION_ID": ""}, ["VONAGE_APPLICATION_ID is missing"]),
    ({"VONAGE_SIGNATURE_SECRET": ""}, ["VONAGE_SIGNATURE_SECRET is missing"]),
    ({"VONAGE_PRIVATE_KEY": "himitsu"}, ["VONAGE_PRIVATE_KEY is wrong"]),
    ({"HENJI_OPTOUT_MODE": "toll_free"}, ["HENJI_OPTOUT_MODE is wrong"]),
    (
        {"HENJI_PROVIDER": "pigeon"},
        [
            "HENJI_PROVIDER is wrong",
            "TWILIO_ACCOUNT_SID is missing",
            "TWILIO_AUTH_TOKEN is missing",
        ],
    ),
]


@pytest.mark.parametrize(("change", "sentences"), AT_VONAGE)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("clock", "runtime")
def test_the_settings_of_the_chosen_provider_are_examined(
    healthy: dict[str, str], change: dict[str, str], sentences: list[str]
) -> None:
    twilio = dict.fromkeys((name for name in healthy if name.startswith("TWILIO_")), "")
    found = examined({**healthy, **twilio, **vonage.ENVIRONMENT, **change})

    assert [sentence.split(":")[0] for sentence in found] == sentences
    assert "himitsu" not in "".join(found)


def test_no_clock_and_no_sender_are_noticed(healthy: dict[str, str]) -> None:
    found = examined({**healthy, "HENJI_SENDER": ""})

    assert [sentence.split(":")[0] for sentence in found] == [
        "No clock is running",
        "No sender number is registered",
    ]


@pytest.mark.usefixtures("clock", "runtime")
def test_a_redis_that_drops_jobs_is_noticed(healthy: dict[str, str]) -> None:
    redis = Redis.from_url(healthy["REDIS_URL"])
    redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        assert examined(healthy) == [
            "Redis may drop jobs: set its maxmemory-policy to noeviction, not allkeys-lru."
        ]
    finally:
        redis.config_set("maxmemory-policy", "noeviction")
        redis.close()


@pytest.mark.usefixtures("clock")
def test_another_secret_key_is_noticed(healthy: dict[str, str], runtime: Runtime) -> None:
    add_customer(runtime, HANAKO, "10001234", due=1)

    (found,) = examined({**healthy, "SECRET_KEY": "another secret of the tests"})
    assert found.startswith("SECRET_KEY is wrong")


@pytest.mark.usefixtures("clock")
def test_a_text_to_a_number_that_is_not_ours_shows_masked(
    healthy: dict[str, str], texting: Texting
) -> None:
    for sid in ("SMa", "SMb"):
        texting.hears(HANAKO, "残高", sid=sid, To="+815012345678")

    assert examined(healthy) == [
        "Texts in the last 7 days to numbers that are no sender here: 2 (+8150****5678: 2)."
    ]


@pytest.mark.usefixtures("clock")
def test_who_asked_for_a_person_still_waits(healthy: dict[str, str], texting: Texting) -> None:
    texting.says(HANAKO, "相談")
    texting.says("+819000000002", "相談")
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(conversations).values(person_wanted_at=seconds_from_now(-7300)))

    assert examined(healthy) == ["Conversations that wait for a person: 2, the oldest for 2 hours."]


@pytest.mark.usefixtures("clock")
def test_an_open_question_about_a_stop_is_shown(healthy: dict[str, str], texting: Texting) -> None:
    texting.says("+819000000001", "配信停止しないで")

    [told] = examined(healthy)
    assert told.startswith("Conversations held by an open question about a stop: 1, ")


@pytest.mark.usefixtures("clock")
def test_messages_that_did_not_leave_are_counted(
    healthy: dict[str, str], texting: Texting, carrier: Carrier
) -> None:
    carrier.faults = [Refused("no", 30003)]
    texting.says(HANAKO, "ヘルプ")
    for status, number in (("parked", 2), ("unknown", 3)):
        texting.says(f"+81900000000{number}", "ヘルプ")
        _restate(texting.runtime.engine, status)
    texting.hears("+819000000004", "ヘルプ")
    with texting.runtime.engine.begin() as connection:
        connection.execute(
            update(outbound_messages)
            .where(outbound_messages.c.status == "queued")
            .values(not_before=seconds_from_now(-300))
        )

    assert examined(healthy) == [
        "Messages that wait to leave: 1, the oldest for 5 minutes; is a worker running?",
        "Messages in the last 7 days that could not be sent: 1 (code 30003: 1).",
        "Messages in the last 7 days that perhaps left, being looked up: 1.",
        "Messages in the last 7 days that perhaps left, for a person to decide on: 1;"
        " see henji outbox list.",
    ]


def _restate(engine: Engine, status: str) -> None:
    with engine.begin() as connection:
        connection.execute(
            update(outbound_messages)
            .where(outbound_messages.c.status == "sent")
            .values(status=status)
        )


@pytest.mark.usefixtures("clock")
def test_texts_that_were_not_answered_are_counted(
    healthy: dict[str, str], texting: Texting
) -> None:
    for sid, status, age in (("SMa", "failed", 60), ("SMb", "waiting", 180), ("SMc", "ignored", 5)):
        with texting.runtime.engine.begin() as connection:
            connection.execute(
                insert(inbound_messages).values(
                    provider="twilio",
                    provider_sid=sid,
                    sender=HANAKO,
                    recipient=OURS,
                    body="himitsu",
                    status=status,
                    created_at=seconds_from_now(-age),
                )
            )

    ended = henji("doctor", environment=healthy)

    assert troubles(ended) == [
        "Texts in the last 7 days that a flow failed to answer: 1; see flow.failed in the log.",
        "Texts that wait for an answer: 1, the oldest for 3 minutes.",
    ]
    assert "senders that cannot be answered: 1." in ended.out
    assert "himitsu" not in ended.out


@pytest.mark.usefixtures("clock")
def test_payments_that_went_wrong_lately_are_named(
    healthy: dict[str, str], texting: Texting
) -> None:
    day = 24 * 3600
    notices = [("double payment", 1), ("wrong amount", 6), ("wrong amount", 1), ("paid", 1)]
    notices += [("unknown reference", 8)]
    rows = [
        {"gateway": "local", "event_id": str(number), "kind": "paid", "outcome": outcome}
        for number, (outcome, _) in enumerate(notices)
    ]
    with texting.runtime.engine.begin() as connection:
        for row, (_, days) in zip(rows, notices, strict=True):
            age = seconds_from_now(-days * day)
            connection.execute(insert(gateway_events).values(**row, created_at=age))

    assert examined(healthy) == [
        "Payments in the last 7 days that a person must look at: double payment: 1,"
        " wrong amount: 2; see gateway_events."
    ]


STRIPE = {"STRIPE_API_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}


@pytest.mark.usefixtures("clock", "runtime")
def test_through_what_people_pay_is_told(healthy: dict[str, str]) -> None:
    komoju = {"KOMOJU_API_KEY": "sk_test_2", "KOMOJU_WEBHOOK_SECRET": "a token"}
    without = henji("doctor", environment=healthy)
    assert "ok No payment gateway is set up: nobody can pay through a link." in without.out
    both = henji("doctor", environment={**healthy, **STRIPE, **komoju})
    words = "ok People pay through stripe (card, konbini); only notices are taken from komoju."
    assert words in both.out
    assert "sk_test" not in both.out


@pytest.mark.usefixtures("clock", "runtime")
def test_half_a_gateway_is_told(healthy: dict[str, str]) -> None:
    [found] = examined({**healthy, "STRIPE_API_KEY": "sk_test_1"})
    assert found.startswith("STRIPE_WEBHOOK_SECRET is missing")


@pytest.mark.usefixtures("clock")
def test_a_gateway_that_is_not_compared_with_is_noticed(
    healthy: dict[str, str], runtime: Runtime
) -> None:
    paying = Paying.at(runtime)
    paying.is_customer()
    paying.gets_link()
    paying.begins()
    paying.changes(update(checkouts).values(gateway="stripe"))
    assert examined({**healthy, **STRIPE}) == []

    paying.changes(update(checkouts).values(created_at=seconds_from_now(-3 * 24 * 3600)))
    assert examined({**healthy, **STRIPE}) == [
        "Payments were not compared with stripe's list for two days: run the clock."
    ]

    done = {"gateway": "stripe", "since": seconds_from_now(0), "finished_at": seconds_from_now(0)}
    paying.changes(insert(reconciliations).values(differing=2, **done))
    assert examined({**healthy, **STRIPE}) == [
        "The last comparison with stripe left 2 payments for a person:"
        " henji payments reconcile names them."
    ]
    paying.changes(insert(reconciliations).values(differing=0, **done))
    assert examined({**healthy, **STRIPE}) == []


@pytest.mark.usefixtures("clock")
def test_what_happened_long_ago_is_over(healthy: dict[str, str], texting: Texting) -> None:
    texting.hears(HANAKO, "残高", To="+815012345678")
    with texting.runtime.engine.begin() as connection:
        connection.execute(
            update(inbound_messages).values(created_at=seconds_from_now(-8 * 24 * 3600))
        )

    assert examined(healthy) == []


UNFIT = [
    ({"approval": "requested"}, "is in use, but its approval is only requested"),
    ({"approval": "refused"}, "is in use, but its approval is only refused"),
    ({"retired_at": seconds_from_now(-60)}, "No sender is in use: henji senders enable one of"),
    ({"enabled_at": None}, "No sender is in use: henji senders enable one of"),
]


@pytest.mark.parametrize(("state", "sentence"), UNFIT)
@pytest.mark.usefixtures("clock")
def test_a_sender_that_cannot_do_its_work_is_noticed(
    healthy: dict[str, str], runtime: Runtime, state: dict[str, object], sentence: str
) -> None:
    with runtime.engine.begin() as connection:
        connection.execute(update(senders).values(**state))

    (found,) = examined(healthy)
    assert sentence in found
    assert "+8150****0001" in found


@pytest.mark.usefixtures("clock")
def test_a_sender_that_drops_replies_must_name_a_telephone(
    healthy: dict[str, str], runtime: Runtime
) -> None:
    with runtime.engine.begin() as connection:
        connection.execute(update(senders).values(inbound="drop"))

    ended = henji("doctor", environment=healthy)
    assert troubles(ended) == []
    assert "ok Replies to +8150****0001 are dropped: people can stop by telephone." in ended.out
    assert any(
        "nobody can stop it" in one for one in examined(healthy | {"HENJI_SUPPORT_PHONE": ""})
    )


@pytest.mark.usefixtures("clock", "runtime")
def test_how_texts_and_stops_reach_us_is_told(healthy: dict[str, str]) -> None:
    assert (
        "ok STOP is heard for +8150****0001, by reply, link, telephone; its texts must come to"
        " https://sms.example.com/webhooks/twilio/messages.\n"
    ) in henji("doctor", environment=healthy).out


@pytest.mark.usefixtures("clock")
def test_scripts_that_leave_only_a_reply_are_named_where_that_is_dear_or_lost(
    healthy: dict[str, str], runtime: Runtime
) -> None:
    with runtime.engine.begin() as connection:
        connection.execute(update(senders).values(route="international"))
    (found,) = examined(healthy)
    assert found.startswith("A reply to +8150****0001 goes abroad and costs more, yet ")
    assert "such as balance.answer, " in found

    with runtime.engine.begin() as connection:
        connection.execute(update(senders).values(inbound="drop"))
    ended = henji("doctor", environment=healthy)
    assert troubles(ended) == []
    assert "ok Send none of these from +8150****0001: " in ended.out


@pytest.mark.usefixtures("clock")
def test_a_name_is_told_whole_for_it_is_nobodys_number(
    healthy: dict[str, str], runtime: Runtime
) -> None:
    with runtime.engine.begin() as connection:
        connection.execute(update(senders).values(number="MYBRAND", inbound="drop"))

    assert "ok Replies to MYBRAND are dropped" in henji("doctor", environment=healthy).out


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ({"inbound": "drop"}, "is to drop replies, yet texts reached it in the last 7 days: 1"),
        ({"retired_at": seconds_from_now(-60)}, "is retired, yet texts reached it"),
    ],
)
@pytest.mark.usefixtures("clock")
def test_texts_to_a_sender_that_should_get_none_are_noticed(
    healthy: dict[str, str], texting: Texting, state: dict[str, object], sentence: str
) -> None:
    texting.says(HANAKO, "ヘルプ")
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(senders).values(**state))

    assert any(sentence in found for found in examined(healthy))


@pytest.mark.usefixtures("clock")
def test_accounts_that_nobody_can_prove_on_a_page_are_counted(
    healthy: dict[str, str], texting: Texting
) -> None:
    add_customer(texting.runtime, HANAKO, "10001234", due=12800)
    assert "which payment pages ask" not in " ".join(examined(healthy))
    asking = {**healthy, "HENJI_QUESTIONS": "birth_date,phone"}
    assert "Accounts that lack birth_date, which payment pages ask: 1;" in " ".join(
        examined(asking)
    )


def test_holds_that_wait_for_a_review_are_counted(
    healthy: dict[str, str], texting: Texting
) -> None:
    for number, text in ((HANAKO, "人違いです"), (HANAKO, "弁護士に相談"), (OTHER, "自己破産")):
        texting.says(number, text)
    texting.says(OTHER, "来月末に払います")

    assert (
        "Holds that wait for a person to review them: a lawyer or insolvency was named: 2,"
        " the number belongs to somebody else: 1; see henji holds list."
    ) in examined(healthy)


@pytest.mark.usefixtures("clock")
def test_alerts_that_our_own_system_did_not_take_are_counted(
    healthy: dict[str, str], engine: Engine, runtime: Runtime
) -> None:
    told = {**healthy, "HENJI_ALERT_URL": "https://ops.example.com/alerts"}
    transact(engine, lambda it: alert(it, Kind.ACCOUNT, "account", "It is suspended."))
    assert examined(told) == examined(healthy)
    with engine.begin() as connection:
        connection.execute(update(alerts).values(tell_attempts=1))

    (found,) = set(examined(told)) - set(examined(healthy))
    assert found.startswith(
        "Alerts of this week that the system at HENJI_ALERT_URL did not take: 1;"
    )

"""`henji doctor` on what is set, and on the clock, Redis and the secret key."""

import pytest
from redis import Redis

from bot.runtime import Runtime
from tests.cases import vonage
from tests.cli.commands import henji
from tests.cli.doctor.examining import HANAKO, examined, troubles
from tests.people import add_customer


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

"""Settings: what is missing or wrong is named in one line, and the README lists them all."""

import re
from pathlib import Path

import pytest

from bot.errors import SettingError
from bot.setting_types import ProviderName
from bot.settings import Settings, load, to_serve
from tests.cases import vonage
from tests.conftest import ENVIRONMENT

README = Path(__file__).parent.parent.parent / "README.md"

WRONG = [
    ("DATABASE_URL", "mysql://localhost/henji"),
    ("REDIS_URL", "localhost:6379"),
    ("SECRET_KEY", "short"),
    ("SECRET_KEY_BEFORE", "short"),
    ("PUBLIC_URL", "sms.example.jp"),
    ("PUBLIC_URL", "https://under_score.example.com"),
    ("PUBLIC_URL", "https://"),
    ("PUBLIC_URL", "https://sms.example.jp:port"),
    ("PUBLIC_URL", "https://sms.example.jp/?a=1"),
    ("PUBLIC_URL", "https://sms.example.jp/#rc=5"),
    ("PUBLIC_URL", "https://user:secret@sms.example.jp"),
    ("LINK_URL", "ftp://example.com"),
    ("TWILIO_ACCOUNT_SID", "SKnotanaccount"),
    ("TWILIO_API_BASE", "api.twilio.com"),
    ("TWILIO_MESSAGING_SERVICE_SID", "AC123"),
    ("HENJI_SENDER", "090-0000-0001"),
    ("HENJI_SENDER", "BRAND"),
    ("HENJI_BRAND", "a brand that is far too long for a text"),
    ("HENJI_OPTOUT_MODE", "sometimes"),
    ("HENJI_POLICY_URL", "example.com/privacy"),
    ("HENJI_SCRIPTS_REVIEW", "sometimes"),
    ("HENJI_CAMPAIGNS_REVIEW", "sometimes"),
    ("HENJI_YEN_PER_STEP", "0"),
    ("HENJI_YEN_PER_STEP", "1001"),
    ("HENJI_YEN_PER_STEP", "nan"),
    ("HENJI_YEN_PER_STEP", "8.5,9"),
    ("HENJI_YEN_PER_STEP", "segments-67=12.5,steps-71=8.5"),
    ("HENJI_YEN_PER_STEP", "segments-67=12.5,segments-67=8.5"),
    ("HENJI_YEN_PER_STEP", "segments-67="),
    ("HENJI_API_PER_MINUTE", "0"),
    ("HENJI_ALERT_URL", "http://ops.example.com/alerts"),
    ("HENJI_ALERT_URL", "https://user:secret@ops.example.com"),
    ("HENJI_ALERT_URL", "https://ops.example.com:port/"),
    ("HENJI_BUSINESS_HOURS", "nine to five"),
    ("HENJI_TAKEOVER_MINUTES", "0"),
    ("HENJI_TRUSTED_PROXIES", "-1"),
    ("HENJI_TRUSTED_PROXIES", "192.0.2.1"),
    ("HENJI_PROVIDER", "pigeon"),
    ("VONAGE_API_KEY", "a b"),
    ("VONAGE_APPLICATION_ID", "my application"),
    ("VONAGE_API_BASE", "api.nexmo.com"),
    ("STRIPE_API_KEY", "pk_test_published"),
    ("STRIPE_API_BASE", "api.stripe.com"),
    ("STRIPE_KONBINI_EMAIL", "pay.example.com"),
    ("KOMOJU_API_KEY", "pk_test_published"),
    ("KOMOJU_API_BASE", "komoju.com"),
    ("HENJI_GATEWAYS", "stripe,paypal"),
    ("HENJI_GATEWAYS", "stripe,"),
    ("HENJI_PAYMENT_METHODS", "cash"),
    ("LOCAL_GATEWAY_URL", "nowhere"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_setting_is_named_in_one_line(name: str, value: str) -> None:
    with pytest.raises(SettingError) as refusal:
        load(environment={**ENVIRONMENT, name: value})

    assert str(refusal.value).startswith(f"{name} is wrong: it must be ")
    assert "\n" not in str(refusal.value)
    assert name != "SECRET_KEY" or value not in str(refusal.value)


TWILIO = ("SECRET_KEY", "PUBLIC_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
VONAGE = (
    "SECRET_KEY",
    "PUBLIC_URL",
    "VONAGE_API_KEY",
    "VONAGE_APPLICATION_ID",
    "VONAGE_PRIVATE_KEY",
    "VONAGE_SIGNATURE_SECRET",
)
NEEDED = [
    *((ENVIRONMENT, name) for name in TWILIO),
    *((vonage.ENVIRONMENT, name) for name in VONAGE),
    (vonage.WITHOUT_APPLICATION, "VONAGE_API_SECRET"),
]


@pytest.mark.parametrize(("environment", "name"), NEEDED, ids=[name for _, name in NEEDED])
def test_a_missing_setting_is_named_in_one_line(environment: dict[str, str], name: str) -> None:
    lacking = {**environment, name: ""}

    with pytest.raises(SettingError, match=f"^{name} is missing: it must be "):
        load(*to_serve(lacking), environment=lacking)


@pytest.mark.parametrize(
    ("environment", "needed"), [(ENVIRONMENT, TWILIO), (vonage.ENVIRONMENT, VONAGE)]
)
def test_only_the_chosen_providers_settings_are_needed(
    environment: dict[str, str], needed: tuple[str, ...]
) -> None:
    assert to_serve(environment) == needed
    settings = load(*needed, environment=environment)
    assert [name for name in ProviderName if settings.is_set_up(name)] == [settings.HENJI_PROVIDER]


def test_a_provider_that_is_unknown_is_named_before_anything_that_it_would_need() -> None:
    with pytest.raises(SettingError, match=r"^HENJI_PROVIDER is wrong: .*twilio or vonage"):
        load(*to_serve({"HENJI_PROVIDER": "pigeon"}), environment={"HENJI_PROVIDER": "pigeon"})


def test_a_messaging_service_pools_the_numbers_of_twilio_alone() -> None:
    service = {"TWILIO_MESSAGING_SERVICE_SID": "MG1"}

    assert load(environment={**ENVIRONMENT, **service}).sender_pool == "MG1"
    assert load(environment={**vonage.ENVIRONMENT, **service}).sender_pool is None


def test_a_step_has_one_price_or_one_by_billing_table() -> None:
    def prices(written: str) -> dict[str, float]:
        return dict(load(environment={"HENJI_YEN_PER_STEP": written}).yen_per_step)

    assert prices("") == {}
    assert prices("8.5") == {"segments-67": 8.5, "steps-70": 8.5, "parts-66": 8.5}
    assert prices("segments-67=12.5, steps-70 = 8.5") == {"segments-67": 12.5, "steps-70": 8.5}


def test_what_has_a_default_may_be_missing() -> None:
    assert load(environment={}).DATABASE_URL.startswith("sqlite:///")


def test_the_readme_lists_every_setting_with_its_meaning() -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \|.*?\| ([^|]+) \|$", README.read_text("utf-8"), re.M))
    told = {name: field.description for name, field in Settings.model_fields.items()}

    assert rows.keys() == told.keys()
    assert {name: text.strip() for name, text in rows.items()} == told

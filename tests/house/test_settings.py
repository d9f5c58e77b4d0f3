"""Settings: what is missing or wrong is named in one line, and the README lists them all."""

import re
from pathlib import Path

import pytest

from bot.errors import SettingError
from bot.settings import TO_SERVE, Settings, load
from tests.conftest import ENVIRONMENT

README = Path(__file__).parent.parent.parent / "README.md"

WRONG = [
    ("DATABASE_URL", "mysql://localhost/henji"),
    ("REDIS_URL", "localhost:6379"),
    ("SECRET_KEY", "short"),
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
    ("HENJI_PROXIES", "-1"),
    ("HENJI_PROXIES", "many"),
    ("STRIPE_API_KEY", "pk_test_published"),
    ("STRIPE_API_BASE", "api.stripe.com"),
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


@pytest.mark.parametrize("name", TO_SERVE)
def test_a_missing_setting_is_named_in_one_line(name: str) -> None:
    with pytest.raises(SettingError, match=f"^{name} is missing: it must be "):
        load(*TO_SERVE, environment={**ENVIRONMENT, name: ""})


def test_what_has_a_default_may_be_missing() -> None:
    assert load(environment={}).DATABASE_URL.startswith("sqlite:///")


def test_the_readme_lists_every_setting_with_its_meaning() -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \|.*?\| ([^|]+) \|$", README.read_text("utf-8"), re.M))
    told = {name: field.description for name, field in Settings.model_fields.items()}

    assert rows.keys() == told.keys()
    assert {name: text.strip() for name, text in rows.items()} == told

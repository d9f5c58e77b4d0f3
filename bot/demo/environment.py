"""The environment of the demo's programs: an invented company, with the handset as its carrier."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from bot.demo.parts import HOST
from bot.demo.state import Ports, State
from bot.settings import ROOT, Settings

SENDER = "+815000000001"
BRAND = "みほん商店"
BRAND_EN = "Mihon Store"
CUSTOMERS = ROOT / "samples" / "customers.csv"
# Who tries flows of their own wants to see them here.
KEPT = frozenset({"HENJI_FLOW_MODULES"})


def environment_of(state: State, ports: Ports, valkey: Path) -> Mapping[str, str]:
    """Every setting of the bot and the handset, so that none of this machine's own leaks in."""
    return {
        **dict.fromkeys(Settings.model_fields.keys() - KEPT, ""),
        **_company(),
        **_bot(state, ports, valkey),
        **_handset(state, ports),
        # A proxy has no business between programs of one machine.
        **dict.fromkeys(("NO_PROXY", "no_proxy"), HOST),
    }


def _company() -> Mapping[str, str]:
    return {
        "HENJI_SENDER": SENDER,
        "HENJI_BRAND": BRAND,
        "HENJI_BRAND_EN": BRAND_EN,
        "HENJI_LEGAL_NAME": "株式会社みほん商店（架空の会社）",
        "HENJI_SUPPORT_PHONE": "0120-000-000",
    }


def _bot(state: State, ports: Ports, valkey: Path) -> Mapping[str, str]:
    carrier = f"http://{HOST}:{ports.phone}"
    return {
        "DATABASE_URL": f"sqlite:///{state.database}",
        "REDIS_URL": f"unix://{valkey}",
        "SECRET_KEY": state.secret("secret_key"),
        "PUBLIC_URL": f"http://{HOST}:{ports.bot}",
        "TWILIO_ACCOUNT_SID": state.secret("demo_account_sid", _account_sid),
        "TWILIO_AUTH_TOKEN": state.secret("demo_auth_token"),
        "TWILIO_API_BASE": carrier,
        "LOCAL_GATEWAY_URL": carrier,
        "LOCAL_GATEWAY_SECRET": state.secret("demo_gateway_secret"),
        # Everybody here has one address: who tries what five wrong answers do locks no other.
        "HENJI_WRONG_ANSWERS": "1000",
    }


def _handset(state: State, ports: Ports) -> Mapping[str, str]:
    return {
        "HANDSET_DATABASE": str(state.phones),
        "HANDSET_PEOPLE": str(CUSTOMERS),
        "HANDSET_WEBHOOK_URL": f"http://{HOST}:{ports.bot}/webhooks/twilio/messages",
        "HANDSET_NUMBER": SENDER,
        "HANDSET_BRAND": BRAND,
        "HANDSET_BRAND_EN": BRAND_EN,
        "HANDSET_GATEWAY_SECRET": state.secret("demo_gateway_secret"),
        "HANDSET_HOST": HOST,
        "HANDSET_PORT": str(ports.phone),
        "HANDSET_URL": "",
    }


def _account_sid() -> str:
    return f"AC{secrets.token_hex(16)}"

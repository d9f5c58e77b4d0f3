"""Every setting of the handset, read once from the environment; nothing else looks at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bot.text import phone
from bot.text.language import Language


class SettingError(Exception):
    """A setting is missing or wrong; the message is one line that names it."""


@dataclass(frozen=True)
class Settings:
    """What the handset needs to know. Port 0 means any free port.

    `number` and `brand` are the company's, `brand_en` its name on English pages if that differs;
    `webhook_url` is where the bot takes incoming texts;
    `url` is the handset's own address as browsers and the bot reach it, empty for host and port;
    `callback_delay_ms` lies between two steps of a message's delivery.
    """

    database: Path
    people: Path
    webhook_url: str
    number: str
    brand: str
    account_sid: str
    auth_token: str
    gateway_secret: str
    host: str = "127.0.0.1"
    port: int = 8001
    url: str = ""
    callback_delay_ms: int = 80
    brand_en: str = ""

    def brand_in(self, language: Language) -> str:
        """The company's name on a page of this language."""
        return (language is Language.EN and self.brand_en) or self.brand


def read(environment: Mapping[str, str]) -> Settings:
    """The settings in `environment`; raises SettingError for the first that is missing or wrong."""
    return Settings(
        database=Path(_given(environment, "HANDSET_DATABASE")),
        people=_file(environment, "HANDSET_PEOPLE"),
        webhook_url=_address(environment, "HANDSET_WEBHOOK_URL"),
        number=_number(environment, "HANDSET_NUMBER"),
        brand=_given(environment, "HANDSET_BRAND"),
        account_sid=_account_sid(environment, "TWILIO_ACCOUNT_SID"),
        auth_token=_given(environment, "TWILIO_AUTH_TOKEN"),
        gateway_secret=_given(environment, "HANDSET_GATEWAY_SECRET"),
        host=environment.get("HANDSET_HOST", Settings.host),
        port=_whole(environment, "HANDSET_PORT", Settings.port, limit=65_535),
        url=_optional_address(environment, "HANDSET_URL"),
        callback_delay_ms=_whole(
            environment, "HANDSET_CALLBACK_DELAY_MS", Settings.callback_delay_ms, limit=600_000
        ),
        brand_en=environment.get("HANDSET_BRAND_EN", ""),
    )


def _given(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise SettingError(f"{name} is missing")
    return value


def _file(environment: Mapping[str, str], name: str) -> Path:
    path = Path(_given(environment, name))
    if not path.is_file():
        raise SettingError(f"{name} must be a file that exists")
    return path


def _address(environment: Mapping[str, str], name: str) -> str:
    value = _given(environment, name)
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingError(f"{name} must be an address such as http://127.0.0.1:8000/path")
    return value


def _optional_address(environment: Mapping[str, str], name: str) -> str:
    return _address(environment, name).rstrip("/") if environment.get(name) else ""


def _number(environment: Mapping[str, str], name: str) -> str:
    value = _given(environment, name)
    if phone.parse(value) != value:
        raise SettingError(f"{name} must be a phone number such as +815000000000")
    return value


def _account_sid(environment: Mapping[str, str], name: str) -> str:
    value = _given(environment, name)
    if not value.startswith("AC"):
        raise SettingError(f"{name} must begin with AC")
    return value


def _whole(environment: Mapping[str, str], name: str, default: int, limit: int) -> int:
    value = environment.get(name, "").strip() or str(default)
    if not (value.isascii() and value.isdigit() and int(value) <= limit):
        raise SettingError(f"{name} must be a whole number from 0 to {limit}")
    return int(value)

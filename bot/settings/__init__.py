"""Every setting, by room: its name, default, meaning and check. Nothing else reads the environment.

A setting stands in the file of its room, and is read as one of `Settings`, whatever its room.
"""

import os
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ConfigDict, SecretStr, ValidationError

from bot.errors import SettingError
from bot.settings.billing import BillingSettings
from bot.settings.carriers import CarrierSettings
from bot.settings.company import CompanySettings
from bot.settings.gateways import GatewaySettings
from bot.settings.machine import ROOT, MachineSettings
from bot.settings.talk import TalkSettings

__all__ = ["ROOT", "Settings", "examine", "load", "to_serve", "wrong"]

Secret = Literal[
    "SECRET_KEY",
    "TWILIO_AUTH_TOKEN",
    "VONAGE_API_SECRET",
    "VONAGE_PRIVATE_KEY",
    "VONAGE_SIGNATURE_SECRET",
    "STRIPE_API_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "KOMOJU_API_KEY",
    "KOMOJU_WEBHOOK_SECRET",
    "LOCAL_GATEWAY_SECRET",
]
Needed = Literal["PUBLIC_URL", "TWILIO_ACCOUNT_SID", "VONAGE_API_KEY", "VONAGE_APPLICATION_ID"]


# Pydantic checks the fields of the last one first, so what the machines lack is named first.
class Settings(
    GatewaySettings,
    BillingSettings,
    TalkSettings,
    CarrierSettings,
    CompanySettings,
    MachineSettings,
):
    """One frozen value; made once by `load`."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    def secret(self, name: Secret) -> str:
        """The plain text of a secret; SettingError when it is not set."""
        value: SecretStr | None = getattr(self, name)
        if value is None:
            raise _missing(name)
        return value.get_secret_value()

    @property
    def secret_keys(self) -> list[str]:
        """The SECRET_KEY, after the one before it where that is set."""
        before = self.SECRET_KEY_BEFORE
        return [*([before.get_secret_value()] if before else []), self.secret("SECRET_KEY")]

    def needed(self, name: Needed) -> str:
        """The value of a setting that has no default; SettingError when it is not set."""
        value: object = getattr(self, name)
        if value is None:
            raise _missing(name)
        return str(value)

    @property
    def link_url(self) -> str:
        """Where links in texts begin, without a closing slash."""
        return self.LINK_URL or self.needed("PUBLIC_URL")


def to_serve(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The settings without which no process serves: two, and those of the chosen provider."""
    settings, _ = examine(environment=environment)
    return ("SECRET_KEY", "PUBLIC_URL", *settings.needed_by(settings.HENJI_PROVIDER))


def load(*required: str, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of an environment; an empty value counts as not set.

    `required` names those that must be set for the work at hand. Raises SettingError, one line
    that names the first missing or wrong setting and what it must be.
    """
    settings, errors = examine(*required, environment=environment)
    for error in errors.values():
        raise error
    return settings


def examine(
    *required: str, environment: Mapping[str, str] = os.environ
) -> tuple[Settings, Mapping[str, SettingError]]:
    """The settings with wrong ones left at their defaults, and by name all that `load` refuses."""
    given: dict[str, Any] = {
        name: environment[name] for name in Settings.model_fields if environment.get(name)
    }
    errors: dict[str, SettingError] = {}
    try:
        settings = Settings(**given)
    except ValidationError as refused:
        errors = {name: wrong(name) for name in (str(e["loc"][0]) for e in refused.errors())}
        settings = Settings(**{name: given[name] for name in given if name not in errors})
    for name in required:
        if getattr(settings, name) is None:
            errors.setdefault(name, _missing(name))
    return settings, errors


def _missing(name: str) -> SettingError:
    return SettingError(f"{name} is missing: it must be {Settings.model_fields[name].description}.")


def wrong(name: str) -> SettingError:
    """The error that says what a setting must be."""
    return SettingError(f"{name} is wrong: it must be {Settings.model_fields[name].description}.")

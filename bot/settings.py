"""Every setting: its name, default, meaning and check. Nothing else reads the environment."""

import os
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from bot.errors import SettingError
from bot.text import phone

ROOT = Path(__file__).resolve().parent.parent
TWILIO_API = "https://api.twilio.com"
STRIPE_API = "https://api.stripe.com"
KOMOJU_API = "https://komoju.com"


class PaymentMethod(StrEnum):
    """A way to pay that can be offered."""

    CARD = "card"
    KONBINI = "konbini"
    PAYPAY = "paypay"


class OptOutScope(StrEnum):
    """How far a stop reaches from the conversation in which it was said.

    PAIR is that conversation alone; SENDER every number of our Messaging Service, or that number
    where there is none; BRAND every number under the same brand; ALL every number of ours.
    """

    PAIR = "pair"
    SENDER = "sender"
    BRAND = "brand"
    ALL = "all"


class OptOutMode(StrEnum):
    """Who answers a STOP first: we, or Twilio in one of its three ways."""

    APP_MANAGED = "app_managed"
    TWILIO_DEFAULT = "twilio_default"
    TWILIO_ADVANCED = "twilio_advanced"
    TOLL_FREE = "toll_free"


def _web_address(value: str) -> str:
    """Twilio calls no host with an underscore; what follows the path would end up in every link."""
    address = urlsplit(_with_port(value))
    host = address.hostname or ""
    if address.scheme not in {"http", "https"} or not host or set(host) & set(" _"):
        raise ValueError
    if "@" in address.netloc or address.query or address.fragment:
        raise ValueError
    return value.rstrip("/")


def _with_port(value: str) -> str:
    urlsplit(value).port  # noqa: B018 - raises ValueError where it is no number
    return value


def _sender(value: str) -> str:
    if not phone.is_e164(value):
        raise ValueError
    return value


def _secret(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < 16:
        raise ValueError
    return value


def _secret_key(value: SecretStr) -> SecretStr:
    """Stripe and KOMOJU give out a publishable key beside each secret one."""
    if value.get_secret_value().startswith("pk_"):
        raise ValueError
    return value


def _names(*known: str) -> Callable[[str], str]:
    """A check of a list that is separated by commas."""

    def check(value: str) -> str:
        named = [name.strip() for name in value.split(",")]
        if not set(named) <= set(known):
            raise ValueError
        return ",".join(dict.fromkeys(named))

    return check


Secret = Literal[
    "SECRET_KEY",
    "TWILIO_AUTH_TOKEN",
    "STRIPE_API_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "KOMOJU_API_KEY",
    "KOMOJU_WEBHOOK_SECRET",
    "LOCAL_GATEWAY_SECRET",
]
SecretKey = Annotated[SecretStr, AfterValidator(_secret_key)]
WebAddress = Annotated[str, AfterValidator(_web_address)]


class Settings(BaseModel):
    """One frozen value; made once by `load`. Each description completes "NAME must be …"."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    DATABASE_URL: Annotated[
        str,
        Field(pattern=r"^(postgres|postgresql|sqlite)(\+\w+)?://"),
    ] = Field(
        f"sqlite:///{ROOT}/var/henji.sqlite",
        description="a PostgreSQL or SQLite address, such as postgresql://user:pass@host/henji",
    )
    REDIS_URL: Annotated[
        str, Field(pattern=r"^(redis|rediss|unix)://"), AfterValidator(_with_port)
    ] = Field(
        "redis://127.0.0.1:6379/0",
        description="the address of Redis or Valkey, such as redis://host:6379/0",
    )
    SECRET_KEY: Annotated[SecretStr, AfterValidator(_secret)] | None = Field(
        None, description="a random text of at least 16 characters that never changes"
    )
    PUBLIC_URL: WebAddress | None = Field(
        None,
        description="the address the provider and people call, such as https://sms.example.com;"
        " webhook signatures are checked against it",
    )
    LINK_URL: WebAddress | None = Field(
        None, description="your own short domain for links in texts (PUBLIC_URL if empty)"
    )
    TWILIO_ACCOUNT_SID: Annotated[str, Field(pattern=r"^AC[0-9a-zA-Z]+$")] | None = Field(
        None, description="the Account SID of your Twilio console, which begins with AC"
    )
    TWILIO_AUTH_TOKEN: SecretStr | None = Field(
        None, description="the Auth Token of your Twilio console"
    )
    TWILIO_API_BASE: WebAddress = Field(
        TWILIO_API,
        description="the address of Twilio's REST API, or of a stand-in such as the handset",
    )
    TWILIO_MESSAGING_SERVICE_SID: Annotated[str, Field(pattern=r"^MG[0-9a-zA-Z]+$")] | None = Field(
        None, description="a Messaging Service SID, which begins with MG, to send through"
    )
    HENJI_SENDER: Annotated[str, AfterValidator(_sender)] | None = Field(
        None,
        description="your sender number in E.164 form, such as +815012345678;"
        " registered at start if no sender exists",
    )
    HENJI_BRAND: Annotated[str, Field(min_length=1, max_length=20)] = Field(
        "Henji", description="the name that opens every text, at most 20 characters"
    )
    HENJI_BRAND_EN: Annotated[str, Field(max_length=20)] = Field(
        "",
        description="the name that opens English texts, in Latin letters to keep them short"
        " (HENJI_BRAND if empty)",
    )
    HENJI_LEGAL_NAME: str = Field("", description="the company's legal name, shown on its pages")
    HENJI_SUPPORT_PHONE: str = Field(
        "", description="the number people may call, as it should be shown"
    )
    HENJI_POLICY_VERSION: Annotated[str, Field(max_length=64)] = Field(
        "",
        description="the version of the terms and privacy policy that you show,"
        " kept with each step of consent",
    )
    HENJI_POLICY_URL: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = Field(
        None,
        description="the address of your terms and privacy policy, linked on the opt-in form",
    )
    HENJI_PROXIES: Annotated[int, Field(ge=0, le=9)] = Field(
        0,
        description="how many proxies of yours stand in front and add the caller's address to"
        " X-Forwarded-For, 0 to 9",
    )
    HENJI_OPTOUT_MODE: OptOutMode = Field(
        OptOutMode.APP_MANAGED,
        description="who answers a STOP: app_managed, twilio_default, twilio_advanced or toll_free",
    )
    HENJI_OPTOUT_SCOPE: OptOutScope = Field(
        OptOutScope.ALL,
        description="how far a stop reaches: pair, sender, brand or all",
    )
    HENJI_FLOW_MODULES: str = Field(
        "", description="importable modules with flows of your own, separated by commas"
    )
    STRIPE_API_KEY: SecretKey | None = Field(
        None,
        description="the secret key of your Stripe account, which begins with sk_ or rk_"
        " (empty: no payments through Stripe)",
    )
    STRIPE_WEBHOOK_SECRET: SecretStr | None = Field(
        None, description="the signing secret of your webhook endpoint at Stripe"
    )
    STRIPE_API_BASE: WebAddress = Field(
        STRIPE_API, description="the address of Stripe's API, or of a stand-in"
    )
    KOMOJU_API_KEY: SecretKey | None = Field(
        None,
        description="the secret key of your KOMOJU merchant, which begins with sk_"
        " (empty: no payments through KOMOJU)",
    )
    KOMOJU_WEBHOOK_SECRET: SecretStr | None = Field(
        None, description="the secret token of your webhook at KOMOJU"
    )
    KOMOJU_API_BASE: WebAddress = Field(
        KOMOJU_API, description="the address of KOMOJU, or of a stand-in"
    )
    HENJI_GATEWAYS: Annotated[str, AfterValidator(_names("stripe", "komoju", "local"))] | None = (
        Field(
            None,
            description="the payment gateways that are offered, in this order, of stripe, komoju"
            " and local, separated by commas (empty: all that are set up)",
        )
    )
    HENJI_PAYMENT_METHODS: Annotated[str, AfterValidator(_names(*PaymentMethod))] = Field(
        "card,konbini",
        description="the ways to pay that are offered, of card, konbini and paypay (KOMOJU only),"
        " separated by commas; each must be activated in your account at the gateway",
    )
    LOCAL_GATEWAY_URL: WebAddress | None = Field(
        None, description="the address of the demo's payment gateway (empty: no payments)"
    )
    LOCAL_GATEWAY_SECRET: SecretStr | None = Field(
        None, description="the secret shared with the demo's payment gateway"
    )

    def secret(self, name: Secret) -> str:
        """The plain text of a secret; SettingError when it is not set."""
        value: SecretStr | None = getattr(self, name)
        if value is None:
            raise _missing(name)
        return value.get_secret_value()

    def needed(self, name: Literal["PUBLIC_URL", "TWILIO_ACCOUNT_SID"]) -> str:
        """The value of a setting that has no default; SettingError when it is not set."""
        value: str | None = getattr(self, name)
        if value is None:
            raise _missing(name)
        return value

    @property
    def link_url(self) -> str:
        """Where links in texts begin, without a closing slash."""
        return self.LINK_URL or self.needed("PUBLIC_URL")

    @property
    def gateways_named(self) -> tuple[str, ...]:
        """The names of `HENJI_GATEWAYS`, in order; none where all that are set up are offered."""
        return tuple(self.HENJI_GATEWAYS.split(",")) if self.HENJI_GATEWAYS else ()

    @property
    def payment_methods(self) -> tuple[PaymentMethod, ...]:
        """The ways to pay of `HENJI_PAYMENT_METHODS`, in order."""
        return tuple(PaymentMethod(name) for name in self.HENJI_PAYMENT_METHODS.split(","))

    @property
    def flow_modules(self) -> tuple[str, ...]:
        """The module names of `HENJI_FLOW_MODULES`, in order."""
        return tuple(name.strip() for name in self.HENJI_FLOW_MODULES.split(",") if name.strip())


TO_SERVE = ("SECRET_KEY", "PUBLIC_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")


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
        errors = {name: _wrong(name) for name in (str(e["loc"][0]) for e in refused.errors())}
        settings = Settings(**{name: given[name] for name in given if name not in errors})
    for name in required:
        if getattr(settings, name) is None:
            errors.setdefault(name, _missing(name))
    return settings, errors


def _missing(name: str) -> SettingError:
    return SettingError(f"{name} is missing: it must be {Settings.model_fields[name].description}.")


def _wrong(name: str) -> SettingError:
    return SettingError(f"{name} is wrong: it must be {Settings.model_fields[name].description}.")

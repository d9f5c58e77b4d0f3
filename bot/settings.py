"""Every setting: its name, default, meaning and check. Nothing else reads the environment."""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from bot.errors import SettingError
from bot.setting_types import (
    E164,
    MOST_QUESTIONS,
    Disclosure,
    Hours,
    LongSecret,
    LookUp,
    OptOutMode,
    OptOutScope,
    PaymentMethod,
    ProviderName,
    Question,
    Review,
    SecretKey,
    WebAddress,
    names,
    with_port,
)
from bot.text import business_hours

ROOT = Path(__file__).resolve().parent.parent
TWILIO_API = "https://api.twilio.com"
VONAGE_API = "https://api.nexmo.com"
STRIPE_API = "https://api.stripe.com"
KOMOJU_API = "https://komoju.com"


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
        str, Field(pattern=r"^(redis|rediss|unix)://"), AfterValidator(with_port)
    ] = Field(
        "redis://127.0.0.1:6379/0",
        description="the address of Redis or Valkey, such as redis://host:6379/0",
    )
    SECRET_KEY: LongSecret | None = Field(
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
    HENJI_PROVIDER: ProviderName = Field(
        ProviderName.TWILIO, description="the provider to send through: twilio or vonage"
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
    VONAGE_API_KEY: Annotated[str, Field(pattern=r"^[0-9a-zA-Z]+$")] | None = Field(
        None, description="the API key of your Vonage account, eight letters and digits"
    )
    VONAGE_API_SECRET: SecretStr | None = Field(
        None, description="the API secret of your Vonage account (not used with an application)"
    )
    VONAGE_APPLICATION_ID: UUID | None = Field(
        None, description="the id of your Vonage application, a UUID; see docs/providers.md"
    )
    VONAGE_PRIVATE_KEY: SecretStr | None = Field(
        None, description="that application's private key, PEM; its line ends may be written \\n"
    )
    VONAGE_SIGNATURE_SECRET: SecretStr | None = Field(
        None, description="the signature secret of your Vonage account, which signs its webhooks"
    )
    VONAGE_API_BASE: WebAddress = Field(
        VONAGE_API, description="the address of Vonage's Messages API, or of a stand-in for it"
    )
    HENJI_SENDER: E164 | None = Field(
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
    HENJI_OPTOUT_MODE: OptOutMode = Field(
        OptOutMode.APP_MANAGED,
        description="who answers a STOP: app_managed, twilio_default, twilio_advanced or toll_free",
    )
    HENJI_OPTOUT_SCOPE: OptOutScope = Field(
        OptOutScope.ALL,
        description="how far a stop reaches: pair, sender, brand or all",
    )
    HENJI_SENDER_MPS: Annotated[float, Field(gt=0, le=10_000)] | None = Field(
        None,
        description="the most messages a second that each sender may send, such as 6 or 0.5"
        " (empty: no limit of ours)",
    )
    HENJI_SENDER_MPS_COUNTS: Literal["messages", "segments"] = Field(
        "messages",
        description="what HENJI_SENDER_MPS counts: messages, or segments as Twilio does",
    )
    HENJI_IN_FLIGHT: Annotated[int, Field(ge=1, le=1000)] = Field(
        128,
        description="how many requests one process has open at the provider at once, 1 to 1000",
    )
    HENJI_TEXTS_PER_MINUTE: Annotated[int, Field(ge=1, le=1000)] = Field(
        30,
        description="the texts of one person in a minute that are answered, 1 to 1000;"
        " after more the bot is silent for a while",
    )
    HENJI_BUSINESS_HOURS: Hours = Field(
        "",
        description="when somebody is there in Japan, such as Mon-Fri 09:30-18:00; who asks for a"
        " person outside of it, or on a holiday, is told when (empty: always)",
    )
    HENJI_TAKEOVER_MINUTES: Annotated[int, Field(ge=1, le=1440)] = Field(
        15,
        description="the minutes after which a conversation that a member of staff took over,"
        " and did not go on with, is the bot's again",
    )
    HENJI_POLL_MINUTES: Annotated[int, Field(ge=0, le=1440)] = Field(
        15,
        description="the minutes between two looks for lost texts in the provider's list;"
        " 0 looks at night only",
    )
    HENJI_NUMBER_LOOKUP: Annotated[str, AfterValidator(names(*LookUp))] | None = Field(
        None,
        description="what the provider may be asked about a number, for money: line_type,"
        " reassigned (numbers of the US), separated by commas (empty: nothing)",
    )
    HENJI_LEAST_PART: Annotated[int, Field(ge=0, le=99)] = Field(
        0,
        description="the least part of what is due that people may pay by a link of its own, in"
        " percent, 1 to 99 (0: who wants to pay a part gets a person)",
    )
    HENJI_FLOW_MODULES: str = Field(
        "", description="importable modules with flows of your own, separated by commas"
    )
    HENJI_SCRIPTS_REVIEW: Review = Field(
        Review.ON,
        description="whether a second person approves changed scripts before they are published:"
        " on or off",
    )
    HENJI_YEN_PER_STEP: Annotated[float, Field(gt=0, le=1000)] | None = Field(
        None,
        description="what one billed step of an SMS costs you in yen, such as 8.5;"
        " see docs/scripts.md (empty: prices are not shown)",
    )
    HENJI_API_PER_MINUTE: Annotated[int, Field(ge=1)] = Field(
        600, description="how many requests a minute one key of the API may make"
    )
    HENJI_TRUSTED_PROXIES: Annotated[int, Field(ge=0, le=10)] = Field(
        0,
        description="how many proxies stand before Henji, each adding to X-Forwarded-For"
        " (0: the header is never believed)",
    )
    HENJI_BALANCE_SOURCE: Path | None = Field(
        None,
        description="a file that describes your own system as the source of what people owe; see"
        " docs/payments.md (empty: the accounts that were imported)",
    )
    HENJI_BALANCE_SECRET: SecretStr | None = Field(
        None, description="what stands for {secret} in that file, such as a token of that system"
    )
    HENJI_LINK_HOURS: Annotated[int, Field(ge=1, le=720)] = Field(
        24, description="the hours for which a payment link can be opened, 1 to 720"
    )
    HENJI_QUESTIONS: Annotated[str, AfterValidator(names(*Question, most=MOST_QUESTIONS))] = Field(
        "customer_number",
        description="what the payment page asks to know who is there: one to four of"
        " customer_number, phone (the last four digits of each), birth_date, name_kana, postcode"
        " and password, separated by commas",
    )
    HENJI_DISCLOSURE: Disclosure = Field(
        Disclosure.AFTER_VERIFICATION,
        description="when a text may say what is owed: after_verification, or in_text without it",
    )
    HENJI_REGISTRATION_NUMBER: Annotated[str, Field(pattern=r"^T[0-9]{13}$")] | None = Field(
        None,
        description="your number as an issuer of qualified invoices (登録番号), T and 13 digits,"
        " shown on receipts",
    )
    HENJI_RECEIPT_FOR: Annotated[str, Field(max_length=60)] = Field(
        "", description="what a receipt says the money is for (但し書き; ご利用料金として if empty)"
    )
    HENJI_TAX_PERCENT: Annotated[int, Field(ge=1, le=99)] | None = Field(
        None,
        description="the consumption tax in percent that every amount in yen includes, shown on"
        " receipts (empty: not shown)",
    )
    HENJI_WRONG_ANSWERS: Annotated[int, Field(ge=1, le=1000)] = Field(
        5,
        description="the wrong answers in an hour after which an address on the Internet may give"
        " no more, 1 to 1000; people behind one carrier may share theirs",
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
    HENJI_GATEWAYS: Annotated[str, AfterValidator(names("stripe", "komoju", "local"))] | None = (
        Field(
            None,
            description="the payment gateways that are offered, in this order, of stripe, komoju"
            " and local, separated by commas (empty: all that are set up)",
        )
    )
    HENJI_PAYMENT_METHODS: Annotated[str, AfterValidator(names(*PaymentMethod))] = Field(
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

    def needed(self, name: Needed) -> str:
        """The value of a setting that has no default; SettingError when it is not set."""
        value: object = getattr(self, name)
        if value is None:
            raise _missing(name)
        return str(value)

    def needed_by(self, provider: ProviderName) -> tuple[str, ...]:
        """The settings without which a provider cannot be used."""
        if provider is ProviderName.TWILIO:
            return ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
        application = ("VONAGE_APPLICATION_ID", "VONAGE_PRIVATE_KEY")
        signing_in = application if any(map(self._is_set, application)) else ("VONAGE_API_SECRET",)
        return ("VONAGE_API_KEY", *signing_in, "VONAGE_SIGNATURE_SECRET")

    def is_set_up(self, provider: ProviderName) -> bool:
        """Whether a provider can be used, be it the chosen one or another."""
        return all(map(self._is_set, self.needed_by(provider)))

    def _is_set(self, name: str) -> bool:
        return getattr(self, name) is not None

    @property
    def link_url(self) -> str:
        """Where links in texts begin, without a closing slash."""
        return self.LINK_URL or self.needed("PUBLIC_URL")

    @property
    def sender_pool(self) -> str | None:
        """The Messaging Service through which all our numbers send, so that they share stops."""
        twilio = self.HENJI_PROVIDER is ProviderName.TWILIO
        return self.TWILIO_MESSAGING_SERVICE_SID if twilio else None

    @property
    def gateways_named(self) -> tuple[str, ...]:
        """The names of `HENJI_GATEWAYS`, in order; none where all that are set up are offered."""
        return tuple(self.HENJI_GATEWAYS.split(",")) if self.HENJI_GATEWAYS else ()

    @property
    def payment_methods(self) -> tuple[PaymentMethod, ...]:
        """The ways to pay of `HENJI_PAYMENT_METHODS`, in order."""
        return tuple(PaymentMethod(name) for name in self.HENJI_PAYMENT_METHODS.split(","))

    def opens_at(self, now: datetime) -> datetime | None:
        """When somebody is there again, by `HENJI_BUSINESS_HOURS`; None: now."""
        hours = business_hours.parse(self.HENJI_BUSINESS_HOURS)
        return hours.next_opening(now) if hours else None

    @property
    def look_ups(self) -> frozenset[LookUp]:
        """What of `HENJI_NUMBER_LOOKUP` may be asked."""
        return frozenset(
            LookUp(name) for name in (self.HENJI_NUMBER_LOOKUP or "").split(",") if name
        )

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions of `HENJI_QUESTIONS`, in order."""
        return tuple(Question(name) for name in self.HENJI_QUESTIONS.split(","))

    @property
    def flow_modules(self) -> tuple[str, ...]:
        """The module names of `HENJI_FLOW_MODULES`, in order."""
        return tuple(name.strip() for name in self.HENJI_FLOW_MODULES.split(",") if name.strip())


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

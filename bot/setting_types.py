"""What settings may hold: closed sets, web addresses, numbers and secrets, with their checks."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from bot.text import business_hours, phone


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


class Review(StrEnum):
    """Whether a second person must approve something before people get it."""

    ON = "on"
    OFF = "off"


class Industry(StrEnum):
    """Trades with a preset of hours and a cap; each has one file in `industries/`."""

    LENDING = "lending"
    COLLECTION = "collection"
    LAW_FIRM = "law_firm"
    RENT_GUARANTEE = "rent_guarantee"
    CREDIT = "credit"
    INSURANCE = "insurance"
    UTILITIES = "utilities"
    TELECOM = "telecom"
    FIELD_SERVICE = "field_service"
    CLINIC = "clinic"


class ProviderName(StrEnum):
    """The carriers' APIs that can be sent through; each has one file in `bot/providers/`."""

    TWILIO = "twilio"
    VONAGE = "vonage"


class BillingTable(StrEnum):
    """The ways in which providers count what they bill; `billing.yaml` says how."""

    SEGMENTS_67 = "segments-67"
    STEPS_70 = "steps-70"
    PARTS_66 = "parts-66"


class LookUp(StrEnum):
    """What a provider may be asked about a number, for money."""

    LINE_TYPE = "line_type"
    REASSIGNED = "reassigned"


class PaymentMethod(StrEnum):
    """A way to pay that can be offered."""

    CARD = "card"
    KONBINI = "konbini"
    PAYPAY = "paypay"


class Question(StrEnum):
    """A question by which a person proves on a page who they are."""

    CUSTOMER_NUMBER = "customer_number"
    PHONE = "phone"
    BIRTH_DATE = "birth_date"
    NAME_KANA = "name_kana"
    POSTCODE = "postcode"
    PASSWORD = "password"  # noqa: S105 - the name of a question


MOST_QUESTIONS = 4
MOST_YEN = 1000


class Disclosure(StrEnum):
    """When what somebody owes may be told in a text."""

    AFTER_VERIFICATION = "after_verification"
    IN_TEXT = "in_text"


def _web_address(value: str) -> str:
    """Twilio calls no host with an underscore; what follows the path would end up in every link."""
    address = urlsplit(with_port(value))
    host = address.hostname or ""
    if address.scheme not in {"http", "https"} or not host or set(host) & set(" _"):
        raise ValueError
    if "@" in address.netloc or address.query or address.fragment:
        raise ValueError
    return value.rstrip("/")


def _email_address(value: str) -> str:
    name, at, host = value.partition("@")
    if not name or not at or "." not in host or not value.isascii() or set(value) & set(" ,<>"):
        raise ValueError
    return value


def with_port(value: str) -> str:
    """The address, whose port, if it has any, is a number; ValueError otherwise."""
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


def names(*known: str, most: int | None = None) -> Callable[[str], str]:
    """A check of a list that is separated by commas, of at most so many names."""

    def check(value: str) -> str:
        named = dict.fromkeys(name.strip() for name in value.split(","))
        if not set(named) <= set(known) or len(named) > (most or len(known)):
            raise ValueError
        return ",".join(named)

    return check


def prices(written: str) -> Mapping[str, float]:
    """Yen a step by billing table: one number for each of them, or a number for each that is named;
    ValueError for anything else."""
    if "=" not in written:
        return dict.fromkeys([table.value for table in BillingTable], _yen(written))
    named = [part.partition("=") for part in written.split(",")]
    found = {BillingTable(name.strip()).value: _yen(price) for name, _, price in named}
    if len(found) < len(named):
        raise ValueError
    return found


def _yen(written: str) -> float:
    if not 0 < (price := float(written)) <= MOST_YEN:
        raise ValueError
    return price


def _prices(value: str) -> str:
    prices(value)
    return value


def _hours(value: str) -> str:
    business_hours.parse(value)
    return value


Prices = Annotated[str, AfterValidator(_prices)]
Hours = Annotated[str, AfterValidator(_hours)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
HttpsAddress = Annotated[
    str, Field(pattern=r"^https://[^\s/@#?][^\s@#]*$"), AfterValidator(with_port)
]
EmailAddress = Annotated[str, AfterValidator(_email_address)]
E164 = Annotated[str, AfterValidator(_sender)]
LongSecret = Annotated[SecretStr, AfterValidator(_secret)]
SecretKey = Annotated[SecretStr, AfterValidator(_secret_key)]

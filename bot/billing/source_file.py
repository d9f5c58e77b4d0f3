"""The file that describes an HTTP balance source: read once, and refused with what is wrong."""

import re
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.errors import SettingError

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
KNOWN = frozenset({"phone", "phone_national", "secret"})


def _placeholders(text: str) -> str:
    if unknown := set(_PLACEHOLDER.findall(text)) - KNOWN:
        raise ValueError(f"{{{min(unknown)}}} is none of {', '.join(sorted(KNOWN))}")
    return text


Template = Annotated[str, AfterValidator(_placeholders)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fields(_Part):
    """Where each value stands in a customer's object: names and positions with dots between."""

    customer_number: str
    amount_due: str = ""
    name: str = ""
    currency: str = ""
    due_date: str = ""
    language: str = ""
    as_of: str = ""


class InvoicePaths(_Part):
    """Where the list of invoices stands in a customer, and each value in one of them."""

    path: str = Field(min_length=1)
    number: str = Field(min_length=1)
    amount_due: str = Field(min_length=1)
    due_date: str = ""


class Breaker(_Part):
    """After so many failures in a row the source is left alone for a while."""

    failures: int = Field(5, ge=1, le=100)
    rest_s: float = Field(30, gt=0, le=3600)


class Source(_Part):
    """All that is said about a source; docs/payments.md shows a whole file.

    `{phone}` stands for the number in E.164 form, `{phone_national}` for 09000000001, `{secret}`
    for HENJI_BALANCE_SECRET. With `json` it is a POST.
    """

    url: Template
    hosts: tuple[str, ...] = Field(min_length=1)
    headers: dict[str, Template] = Field(default_factory=dict)
    body: dict[str, Template] | None = Field(None, alias="json")
    customers: str = ""
    fields: Fields
    invoices: InvoicePaths | None = None
    amount_in: Literal["major", "minor"] = "major"
    currency: str = "JPY"
    timeout_s: float = Field(3, gt=0, le=10)
    max_age_s: int = Field(300, ge=30, le=7 * 24 * 3600)
    settles_within_s: int = Field(24 * 3600, ge=0, le=30 * 24 * 3600)
    private_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    breaker: Breaker = Field(default_factory=lambda: Breaker.model_validate({}))

    @model_validator(mode="after")
    def _is_safe(self) -> "Source":
        address = urlsplit(self.url)
        schemes = {"https", "http"} if self.private_networks else {"https"}
        if address.scheme not in schemes:
            raise ValueError("url must begin with https://, or http:// with private_networks")
        if address.username or address.password or "{" in address.netloc:
            raise ValueError("the host of url must be a plain name")
        if (address.hostname or "") not in {host.lower() for host in self.hosts}:
            raise ValueError("hosts must name the host of url")
        return self

    @model_validator(mode="after")
    def _tells_amounts(self) -> "Source":
        if not self.fields.amount_due and self.invoices is None:
            raise ValueError("fields.amount_due is needed where there are no invoices")
        return self

    @property
    def untold(self) -> frozenset[str]:
        """The fields of a customer that have no path here."""
        told = self.fields
        dated = told.due_date or (self.invoices and self.invoices.due_date)
        paths = {"name": told.name, "language": told.language, "due_date": dated}
        return frozenset(name for name, path in paths.items() if not path)

    @property
    def max_age(self) -> timedelta:
        """How long an answer counts."""
        return timedelta(seconds=self.max_age_s)


def read(path: Path) -> Source:
    """The source of a YAML file; SettingError that names the first thing that is wrong."""
    try:
        told = YAML(typ="safe").load(path.read_text("utf-8"))
        return Source.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _wrong(f"{where}: {first['msg']}" if where else str(first["msg"])) from None
    except (OSError, UnicodeDecodeError):
        raise _wrong("the file cannot be read") from None
    except YAMLError:
        raise _wrong("the file is no YAML") from None


def _wrong(why: str) -> SettingError:
    return SettingError(f"HENJI_BALANCE_SOURCE is wrong: {why}.")

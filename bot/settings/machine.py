"""Where Henji runs: its database and queue, its addresses, who may call it, and its key."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from bot.setting_types import HttpsAddress, LongSecret, WebAddress, with_port

ROOT = Path(__file__).resolve().parents[2]


class MachineSettings(BaseModel):
    """The settings of the machines; each description completes "NAME must be …"."""

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
        None,
        description="a random text of at least 16 characters; docs/reliability.md tells how to"
        " change it",
    )
    SECRET_KEY_BEFORE: LongSecret | None = Field(
        None,
        description="the SECRET_KEY until now, of at least 16 characters, while it is being"
        " changed (empty: it is not)",
    )
    PUBLIC_URL: WebAddress | None = Field(
        None,
        description="the address the provider and people call, such as https://sms.example.com;"
        " webhook signatures are checked against it",
    )
    LINK_URL: WebAddress | None = Field(
        None, description="your own short domain for links in texts (PUBLIC_URL if empty)"
    )
    HENJI_ALERT_URL: HttpsAddress | None = Field(
        None,
        description="an address of your own system, https://, to which each alert is posted,"
        " signed; see docs/delivery.md (empty: alerts are shown in the console alone)",
    )
    HENJI_API_PER_MINUTE: Annotated[int, Field(ge=1)] = Field(
        600, description="how many requests a minute one key of the API may make"
    )
    HENJI_TRUSTED_PROXIES: Annotated[int, Field(ge=0, le=10)] = Field(
        0,
        description="how many proxies stand before Henji, each adding to X-Forwarded-For"
        " (0: the header is never believed)",
    )

"""The carriers' APIs: which one sends, how to sign in there, how fast, and what may be asked."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, SecretStr

from bot.setting_types import LookUp, ProviderName, WebAddress, names

TWILIO_API = "https://api.twilio.com"
VONAGE_API = "https://api.nexmo.com"


class CarrierSettings(BaseModel):
    """The settings of the carriers; each description completes "NAME must be …"."""

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
    HENJI_POLL_MINUTES: Annotated[int, Field(ge=0, le=1440)] = Field(
        1,
        description="the minutes between two looks for lost texts in the provider's list;"
        " 0 looks at night only",
    )
    HENJI_NUMBER_LOOKUP: Annotated[str, AfterValidator(names(*LookUp))] | None = Field(
        None,
        description="what the provider may be asked about a number, for money: line_type,"
        " reassigned (numbers of the US), separated by commas (empty: nothing)",
    )

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
    def sender_pool(self) -> str | None:
        """The Messaging Service through which all our numbers send, so that they share stops."""
        twilio = self.HENJI_PROVIDER is ProviderName.TWILIO
        return self.TWILIO_MESSAGING_SERVICE_SID if twilio else None

    @property
    def look_ups(self) -> frozenset[LookUp]:
        """What of `HENJI_NUMBER_LOOKUP` may be asked."""
        return frozenset(
            LookUp(name) for name in (self.HENJI_NUMBER_LOOKUP or "").split(",") if name
        )

"""The payment gateways: how to sign in there, which are offered, and by which ways."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, SecretStr

from bot.setting_types import EmailAddress, PaymentMethod, SecretKey, WebAddress, names

STRIPE_API = "https://api.stripe.com"
KOMOJU_API = "https://komoju.com"


class GatewaySettings(BaseModel):
    """The settings of the payment gateways; each description completes "NAME must be …"."""

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
    STRIPE_KONBINI_EMAIL: EmailAddress | None = Field(
        None,
        description="an e-mail address of yours, to which Stripe writes about numbers for stores"
        " that are ordered by text, such as for a refund (empty: none are ordered there)",
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

    @property
    def gateways_named(self) -> tuple[str, ...]:
        """The names of `HENJI_GATEWAYS`, in order; none where all that are set up are offered."""
        return tuple(self.HENJI_GATEWAYS.split(",")) if self.HENJI_GATEWAYS else ()

    @property
    def payment_methods(self) -> tuple[PaymentMethod, ...]:
        """The ways to pay of `HENJI_PAYMENT_METHODS`, in order."""
        return tuple(PaymentMethod(name) for name in self.HENJI_PAYMENT_METHODS.split(","))

"""Whether the settings make sense together: what customers see of the company, and the flows."""

from collections.abc import Iterator

from bot.app import build_runtime
from bot.doctor.finding import Finding, bad, good
from bot.errors import HenjiError
from bot.payments.offers import offered
from bot.runtime import Runtime
from bot.setting_types import ProviderName
from bot.settings import Settings
from bot.text import segments
from bot.text.format import Money

USUAL = Money(10_000, "JPY")


def company(settings: Settings) -> Iterator[Finding]:
    """The settings that have a default, but none that suits a real company."""
    lacking = list(_lacking(settings))
    yield from map(bad, lacking)
    if not lacking:
        yield good("The company's name, telephone number and web address are set.")


def _lacking(settings: Settings) -> Iterator[str]:
    for name in ("PUBLIC_URL", "LINK_URL"):
        if (getattr(settings, name) or "").startswith("http://"):
            yield f"{name} begins with http://: use https://, or others can read along."
    if "HENJI_BRAND" not in settings.model_fields_set:
        yield f"HENJI_BRAND is not set: every text begins with {settings.HENJI_BRAND}."
    if segments.count(settings.HENJI_BRAND).encoding == "UCS-2" and not settings.HENJI_BRAND_EN:
        yield "HENJI_BRAND_EN is not set: Japanese letters double the length of English texts."
    if not settings.HENJI_LEGAL_NAME:
        yield (
            "HENJI_LEGAL_NAME is not set: pages do not say who is paid, nor who writes from"
            " senders without a legal name of their own."
        )
    vonage = settings.HENJI_PROVIDER is ProviderName.VONAGE
    if vonage and settings.VONAGE_API_SECRET and not settings.VONAGE_APPLICATION_ID:
        yield "VONAGE_APPLICATION_ID is not set: Vonage may report nothing without an application."
    if not settings.HENJI_SUPPORT_PHONE:
        yield "HENJI_SUPPORT_PHONE is not set: who fails to prove who they are cannot call."


def wired(settings: Settings) -> Iterator[Finding]:
    """The flows, also those of one's own, with their scripts; and the payment gateways."""
    # The database has findings of its own.
    without = settings.model_copy(update={"DATABASE_URL": "sqlite://"})
    try:
        runtime = build_runtime(without)
    except HenjiError as error:
        yield bad(str(error))
        return
    runtime.engine.dispose()
    yield good(f"The flows have all their scripts: {', '.join(runtime.flows)}.")
    yield good(_payments(runtime))


def _payments(runtime: Runtime) -> str:
    """Through what people pay, as of an amount that every way to pay takes."""
    ways = [f"{name} ({', '.join(ways)})" for name, ways in offered(runtime, USUAL).items()]
    if not ways:
        return "No payment gateway is set up: nobody can pay through a link."
    known = [name for name in runtime.gateways if name not in offered(runtime, USUAL)]
    more = f"; only notices are taken from {', '.join(known)}" if known else ""
    return f"People pay through {', '.join(ways)}{more}."

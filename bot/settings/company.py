"""Whom the texts and pages speak for, and when somebody is there."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from bot.setting_types import E164, Hours, Industry
from bot.text import business_hours


class CompanySettings(BaseModel):
    """The settings of the company; each description completes "NAME must be …"."""

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
    HENJI_INDUSTRY: Industry | None = Field(
        None,
        description="your trade, whose quiet hours and cap a day hold besides those of the"
        " recipient's country: lending, collection, law_firm, rent_guarantee, credit, insurance,"
        " utilities, telecom, field_service or clinic (empty: only the country's)",
    )
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
    HENJI_BUSINESS_HOURS: Hours = Field(
        "",
        description="when somebody is there in Japan, such as Mon-Fri 09:30-18:00; who asks for a"
        " person outside of it, or on a holiday, is told when (empty: always)",
    )

    def opens_at(self, now: datetime) -> datetime | None:
        """When somebody is there again, by `HENJI_BUSINESS_HOURS`; None: now."""
        hours = business_hours.parse(self.HENJI_BUSINESS_HOURS)
        return hours.next_opening(now) if hours else None

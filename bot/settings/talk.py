"""Conversations: what a stop means, who else may answer, the flows and the scripts."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field

from bot.setting_types import OptOutMode, OptOutScope, Prices, Review, prices


class TalkSettings(BaseModel):
    """The settings of conversations; each description completes "NAME must be …"."""

    HENJI_OPTOUT_MODE: OptOutMode = Field(
        OptOutMode.APP_MANAGED,
        description="who answers a STOP: app_managed, twilio_default, twilio_advanced or toll_free",
    )
    HENJI_OPTOUT_SCOPE: OptOutScope = Field(
        OptOutScope.ALL,
        description="how far a stop reaches: pair, sender, brand or all",
    )
    HENJI_TEXTS_PER_MINUTE: Annotated[int, Field(ge=1, le=1000)] = Field(
        30,
        description="the texts of one person in a minute that are answered, 1 to 1000;"
        " after more the bot is silent for a while",
    )
    HENJI_TAKEOVER_MINUTES: Annotated[int, Field(ge=1, le=1440)] = Field(
        15,
        description="the minutes after which a conversation that a member of staff took over,"
        " and did not go on with, is the bot's again",
    )
    HENJI_FLOW_MODULES: str = Field(
        "", description="importable modules with flows of your own, separated by commas"
    )
    HENJI_SCRIPTS_REVIEW: Review = Field(
        Review.ON,
        description="whether a second person approves changed scripts before they are published:"
        " on or off",
    )
    HENJI_CAMPAIGNS_REVIEW: Review = Field(
        Review.ON,
        description="whether a second person approves a campaign before it is sent: on or off",
    )
    HENJI_YEN_PER_STEP: Prices | None = Field(
        None,
        description="what one billed step of an SMS costs you in yen, such as 8.5, or by billing"
        " table, such as segments-67=12.5,steps-70=8.5; see docs/scripts.md (empty: prices are not"
        " shown)",
    )

    @property
    def yen_per_step(self) -> Mapping[str, float]:
        """The price of a step by billing table; none of those that have no price."""
        return prices(self.HENJI_YEN_PER_STEP) if self.HENJI_YEN_PER_STEP else {}

    @property
    def flow_modules(self) -> tuple[str, ...]:
        """The module names of `HENJI_FLOW_MODULES`, in order."""
        return tuple(name.strip() for name in self.HENJI_FLOW_MODULES.split(",") if name.strip())

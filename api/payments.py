"""What a company's system asks about payments: the timeline of an account, and the funnel."""

from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import select

from api.acts import Call
from api.bodies import Body
from api.fields import CustomerNumber, Line
from api.refusal import FieldProblem, Refusal
from bot.campaigns.campaign import find
from bot.payments import funnel, timeline
from bot.payments.timeline import What
from bot.store.tables import accounts
from bot.text.format import TOKYO

MOST_STEPS = 1000


class TimelineBody(Body):
    """Whose timeline is asked for; a customer number stands in no address."""

    customer_number: CustomerNumber
    since: Annotated[AwareDatetime | None, Field(strict=False)] = Field(
        None, description="Only what happened at this moment or later."
    )


class Step(BaseModel):
    """One step of a payment."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime = Field(description="By the gateway's or carrier's clock where they told it.")
    step: What = Field(validation_alias="what")
    link: int | None = Field(validation_alias="link_id")
    message: int | None = Field(validation_alias="message_id")
    amount_minor: int | None = Field(description="In minor units of the currency.")
    currency: str | None
    detail: str | None = Field(description="A script's key, a gateway, or the day of a promise.")


class Timeline(BaseModel):
    """The steps on an account, the oldest first."""

    steps: list[Step]
    more: bool = Field(
        description=f"Whether there are more than these {MOST_STEPS}; ask since the last one's."
    )


class FunnelBody(Body):
    """The days, in Japan, on which the messages were sent; or a campaign, and no days."""

    first_day: Annotated[date | None, Field(strict=False)] = None
    last_day: Annotated[date | None, Field(strict=False)] = None
    campaign: Line | None = Field(None, description="The name of one.")


class ScriptSteps(BaseModel):
    """How many messages of a script led to each step."""

    model_config = ConfigDict(from_attributes=True)

    script_key: str
    language: str
    sent: int
    delivered: int
    opened: int
    verified: int
    started: int
    paid: int


class Funnel(BaseModel):
    """The funnel of each script, most sent first."""

    scripts: list[ScriptSteps]


def tell_timeline(call: Call) -> Timeline:
    """Every step of every payment of one account."""
    body: TimelineBody = call.body
    indexes = call.runtime.vault.indexes(body.customer_number)
    found = select(accounts.c.id).where(accounts.c.customer_number_index.in_(indexes))
    account_id = call.connection.execute(found).scalar()
    if account_id is None:
        raise Refusal(HTTPStatus.NOT_FOUND, "There is no such customer number.")
    events = timeline.of_account(call.connection, account_id, body.since, MOST_STEPS + 1)
    steps = [Step.model_validate(event) for event in events[:MOST_STEPS]]
    return Timeline(steps=steps, more=len(events) > MOST_STEPS)


def tell_funnel(call: Call) -> Funnel:
    """How far the messages of each script led, of some days or of a campaign."""
    body: FunnelBody = call.body
    if body.campaign is None:
        found = funnel.by_script(call.connection, *_period(body.first_day, body.last_day))
    elif body.first_day or body.last_day:
        raise _unusable("campaign", "A campaign is asked for without days.")
    else:
        campaign = find(call.connection, body.campaign)
        found = funnel.of_campaign(call.connection, campaign.id)
    return Funnel(scripts=[ScriptSteps.model_validate(one) for one in found])


def _period(first_day: date | None, last_day: date | None) -> tuple[datetime, datetime]:
    """From the beginning of the first day in Japan until the end of the last one."""
    if first_day is None or last_day is None:
        raise _unusable("first_day", "Tell first_day and last_day, or a campaign.")
    if last_day < first_day:
        raise _unusable("last_day", "The last day lies before the first.")
    midnight = datetime.min.time()
    end = datetime.combine(last_day + timedelta(days=1), midnight, TOKYO)
    return datetime.combine(first_day, midnight, TOKYO), end


def _unusable(field: str, words: str) -> Refusal:
    problem = FieldProblem(field=field, detail=words)
    return Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, words, [problem])

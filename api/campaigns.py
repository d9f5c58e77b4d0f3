"""What a company's system does with campaigns: make, fill, start, stop and follow them.

Approving one is a person's part, and has no address here.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.account_bodies import Unusable
from api.acts import Call
from api.bodies import Body
from api.fields import CustomerNumber, Line, Purpose
from api.refusal import FieldProblem, Refusal
from bot.campaigns import drafting, moving, page_message, people, progress
from bot.campaigns.campaign import (
    CampaignKind,
    CampaignState,
    Plan,
    RecipientStatus,
    TextPolicy,
    find,
    listed,
)
from bot.messaging.grounds import Exemption
from bot.setting_types import MOST_QUESTIONS, Disclosure, Question
from bot.text import phone

MOST_PEOPLE = 1000
UNKNOWN = "there is no such customer number"

OurNumber = Annotated[Line, Field(max_length=phone.LONGEST_NOTATION)]
Message = Annotated[
    str,
    Field(
        max_length=page_message.LONGEST,
        description="Read on the page, after verification; either language will do.",
    ),
]
Questions = list[Annotated[Question, Field(strict=False)]]


class NewCampaignBody(Body):
    """A campaign to make, for nobody yet; what is left out is as senders and settings say."""

    name: Line
    kind: Annotated[CampaignKind, Field(strict=False)]
    purpose: Purpose
    script_key: Line = Field(examples=["campaign.reminder"])
    exemption: Annotated[Exemption | None, Field(strict=False)] = None
    exemption_note: Line = ""
    sender: OurNumber | None = Field(None, description="Null: that of each person's conversation.")
    questions: Questions = Field(default_factory=list, max_length=MOST_QUESTIONS)
    disclosure: Annotated[Disclosure | None, Field(strict=False)] = None
    link_hours: int | None = Field(None, ge=1, le=drafting.MOST_LINK_HOURS)
    hours: Line = Field("", examples=["Mon-Fri 10:00-17:00"])
    text_policy: Annotated[TextPolicy, Field(strict=False)] = Field(
        TextPolicy.LONG, description="short: one segment with a link; long: up to 660 characters."
    )
    message_ja: Message = ""
    message_en: Message = ""


class CampaignBody(Body):
    """Which campaign is meant."""

    campaign: Line = Field(description="Its name.")


class PeopleBody(CampaignBody):
    """People to add to a draft; who is in it already stays in it once."""

    customer_numbers: Annotated[list[CustomerNumber], Field(min_length=1, max_length=MOST_PEOPLE)]


class StopBody(CampaignBody):
    """A campaign to end for good."""

    reason: Line


class Campaign(BaseModel):
    """A campaign, and how many people it is for."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    kind: CampaignKind
    state: CampaignState
    people: int
    created_at: datetime


class Campaigns(BaseModel):
    """The newest first."""

    campaigns: list[Campaign]


class Added(BaseModel):
    """What became of the people to add."""

    added: int
    known: int = Field(description="They were in it already.")
    refused: list[Unusable]


class Progress(BaseModel):
    """How far a campaign has come."""

    model_config = ConfigDict(from_attributes=True)

    state: CampaignState
    people: dict[RecipientStatus, int]
    left_out: dict[str, int] = Field(description="Why, in words.")
    messages: dict[str, int] = Field(description="By status; delivered: sent, and arrived.")
    not_sent: dict[str, int] = Field(description="Why messages were not sent, in words.")
    put_off: int = Field(description="Of those who wait: who cannot be written to yet.")
    next_turn: datetime | None = Field(description="When the first of them can.")


def add(call: Call) -> Progress:
    """Make one."""
    body: NewCampaignBody = call.body
    told = body.model_dump(exclude={"questions"})
    plan = Plan(**told, questions=tuple(body.questions))
    drafting.create(call.connection, call.runtime, plan, call.actor)
    return _progress(call, plan.name)


def add_people(call: Call) -> Added:
    """Add people to one."""
    body: PeopleBody = call.body
    numbers, vault = body.customer_numbers, call.runtime.vault
    done = people.choose(call.connection, vault, body.campaign, numbers, call.actor)
    told = enumerate(numbers, start=1)
    refused = [Unusable(line=line, detail=UNKNOWN) for line, one in told if one in done.unknown]
    if not done.added + done.known:
        words = f"Not one of the customer_numbers can be used: {refused[0].detail}."
        problem = FieldProblem(field="customer_numbers", detail=words)
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, words, [problem])
    return Added(added=done.added, known=done.known, refused=refused)


def start(call: Call) -> Progress:
    """Have one sent."""
    name: str = call.body.campaign
    moving.start(call.connection, call.runtime, name, call.actor)
    return _progress(call, name)


def stop(call: Call) -> Progress:
    """End one for good."""
    body: StopBody = call.body
    moving.stop(call.connection, body.campaign, call.actor, body.reason)
    return _progress(call, body.campaign)


def list_all(call: Call) -> Campaigns:
    """The newest ones."""
    return Campaigns(campaigns=[Campaign.model_validate(one) for one in listed(call.connection)])


def tell_progress(call: Call) -> Progress:
    """How far one has come."""
    return _progress(call, call.body.campaign)


def _progress(call: Call, name: str) -> Progress:
    campaign = find(call.connection, name)
    made = progress.of_campaign(call.connection, campaign.id)
    return Progress(state=campaign.state, **vars(made))

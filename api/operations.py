"""Every operation of the API, in one table from which its routes and its document are made."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

from api import (
    account_bodies,
    accounts,
    acts,
    bodies,
    campaigns,
    payments,
    sender_bodies,
    senders,
)
from api.acts import Call
from bot.runtime import Runtime


@dataclass(frozen=True)
class Operation:
    """One row: address and method, what is sent and what comes back, and what it does.

    `path` is that of Flask. `refusals` are the statuses that its own rules add to those that every
    operation has. `asks` finds out over the network what the act needs, before its transaction.
    `administers` asks for a key that may change the registry of senders, `writes_accounts` for one
    that may change what people owe; `about` is the field that names the sender. `largest` is how
    many bytes its body may have.
    """

    name: str
    method: str
    path: str
    summary: str
    act: Callable[[Call], BaseModel]
    answer: type[BaseModel]
    body: type[bodies.Body] | None = None
    status: HTTPStatus = HTTPStatus.OK
    writes: bool = False
    administers: bool = False
    writes_accounts: bool = False
    about: str = "sender"
    largest: int = 16 * 1024
    asks: Callable[[Runtime, Any], Any] | None = None
    refusals: tuple[HTTPStatus, ...] = ()


OPERATIONS = (
    Operation(
        "recordConsent",
        "POST",
        "/consents",
        "Record that a person agreed to purposes, or refused them, outside of Henji.",
        acts.record_consent,
        bodies.Recorded,
        bodies.ConsentBody,
        HTTPStatus.CREATED,
        writes=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
    Operation(
        "stop",
        "POST",
        "/opt-outs",
        "Stop messages to a number at its owner's wish; only their own START lifts it.",
        acts.stop,
        bodies.Stopped,
        bodies.OptOutBody,
        HTTPStatus.CREATED,
        writes=True,
    ),
    Operation(
        "tellStatus",
        "POST",
        "/numbers/status",
        "Tell where a number stands, and why: consent, stops and holds.",
        acts.tell_status,
        bodies.Status,
        bodies.StatusBody,
    ),
    Operation(
        "checkNumber",
        "POST",
        "/numbers/check",
        "Ask the provider about a number, for money; what must not be sent to it is held.",
        acts.tell_look_up,
        bodies.LookedUp,
        bodies.StatusBody,
        writes=True,
        asks=acts.look_up,
        refusals=(HTTPStatus.CONFLICT, HTTPStatus.BAD_GATEWAY),
    ),
    Operation(
        "tellVerdict",
        "GET",
        "/messages/<int:message>/verdict",
        "Tell why a message was sent, waits, or was not sent.",
        acts.tell_verdict,
        bodies.Verdict,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Operation(
        "listSenders",
        "GET",
        "/senders",
        "List your senders: their state, webhook, and how people can stop them.",
        senders.list_all,
        sender_bodies.Senders,
    ),
    Operation(
        "addSender",
        "POST",
        "/senders",
        "Register a sender; it writes to nobody unasked until it is enabled.",
        senders.add,
        sender_bodies.Sender,
        sender_bodies.NewSenderBody,
        HTTPStatus.CREATED,
        writes=True,
        administers=True,
        about="number",
    ),
    Operation(
        "changeSender",
        "POST",
        "/senders/change",
        "Change what is told about a sender.",
        senders.change,
        sender_bodies.Sender,
        sender_bodies.DetailsBody,
        writes=True,
        administers=True,
        about="number",
    ),
    Operation(
        "enableSender",
        "POST",
        "/senders/enable",
        "Let a sender write to people, a retired one again; it needs a legal name.",
        senders.enable,
        sender_bodies.Sender,
        sender_bodies.SenderBody,
        writes=True,
        administers=True,
        about="number",
    ),
    Operation(
        "retireSender",
        "POST",
        "/senders/retire",
        "Take a sender out of use; what people write to it is still heard.",
        senders.retire,
        sender_bodies.Sender,
        sender_bodies.SenderBody,
        writes=True,
        administers=True,
        about="number",
    ),
    Operation(
        "putAccounts",
        "POST",
        "/accounts",
        "Add and change accounts of customers, with what is owed, as a customer file does.",
        accounts.put,
        account_bodies.AccountsTaken,
        account_bodies.AccountsBody,
        writes=True,
        writes_accounts=True,
        largest=128 * 1024,
    ),
    Operation(
        "removeAccounts",
        "POST",
        "/accounts/remove",
        "Remove accounts of customers: nothing is owed, and nothing proves who they are.",
        accounts.remove,
        account_bodies.Removed,
        account_bodies.RemovalBody,
        writes=True,
        writes_accounts=True,
    ),
    Operation(
        "tellTimeline",
        "POST",
        "/payments/timeline",
        "Tell every step of a customer's payments, from the text to the receipt, with its time.",
        payments.tell_timeline,
        payments.Timeline,
        payments.TimelineBody,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Operation(
        "tellFunnel",
        "POST",
        "/payments/funnel",
        "Tell how far the messages of each script led: sent, delivered, opened, verified, paid.",
        payments.tell_funnel,
        payments.Funnel,
        payments.FunnelBody,
        refusals=(HTTPStatus.CONFLICT,),
    ),
    Operation(
        "listCampaigns",
        "GET",
        "/campaigns",
        "List your campaigns, the newest first.",
        campaigns.list_all,
        campaigns.Campaigns,
    ),
    Operation(
        "addCampaign",
        "POST",
        "/campaigns",
        "Make a campaign: one text to many people; a person approves it before it is sent.",
        campaigns.add,
        campaigns.Progress,
        campaigns.NewCampaignBody,
        HTTPStatus.CREATED,
        writes=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
    Operation(
        "addPeople",
        "POST",
        "/campaigns/people",
        "Add people to a campaign that is a draft, by customer number.",
        campaigns.add_people,
        campaigns.Added,
        campaigns.PeopleBody,
        writes=True,
        largest=128 * 1024,
        refusals=(HTTPStatus.CONFLICT,),
    ),
    Operation(
        "startCampaign",
        "POST",
        "/campaigns/start",
        "Have an approved campaign sent.",
        campaigns.start,
        campaigns.Progress,
        campaigns.CampaignBody,
        writes=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
    Operation(
        "stopCampaign",
        "POST",
        "/campaigns/stop",
        "End a campaign for good; what waits of it is taken back.",
        campaigns.stop,
        campaigns.Progress,
        campaigns.StopBody,
        writes=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
    Operation(
        "tellProgress",
        "POST",
        "/campaigns/progress",
        "Tell how far a campaign has come, who was left out, and why.",
        campaigns.tell_progress,
        campaigns.Progress,
        campaigns.CampaignBody,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)

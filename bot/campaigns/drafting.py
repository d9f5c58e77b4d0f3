"""Making a campaign: what it shall be, checked before it is kept."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from bot import audit
from bot.audit import Act, Event
from bot.campaigns import lengths, page_message, texts
from bot.campaigns.campaign import CampaignKind, Plan, plain
from bot.compliance import purposes
from bot.compliance.purposes import PurposeType
from bot.errors import CampaignRefused, ScriptError
from bot.messaging.answering import conversation
from bot.messaging.grounds import Exemption
from bot.runtime import Runtime
from bot.senders import registry
from bot.setting_types import MOST_QUESTIONS, Question, names
from bot.store.session import insert
from bot.store.tables import campaigns
from bot.store.tables.campaigns import LONGEST_NAME, LONGEST_REASON
from bot.text import business_hours
from bot.text.language import Language

MOST_LINK_HOURS = 720


def create(connection: Connection, runtime: Runtime, plan: Plan, actor: str) -> int:
    """Keep a campaign as a draft without people, and return its id.

    Raises CampaignRefused, and SenderRefused for a number that is none of our senders.
    """
    name = plain(plan.name)
    for rule in _RULES:
        rule(plan)
    disclosure = plan.disclosure or runtime.settings.HENJI_DISCLOSURE
    messages = plan.messages
    page_message.check(connection, runtime, plan.kind, messages)
    texts.check(runtime.edition, plan.script_key, plan.kind, disclosure, bool(messages))
    lengths.check(runtime, plan.script_key, plan.text_policy)
    row = insert(connection, campaigns).values(
        name=name,
        kind=plan.kind,
        purpose=plan.purpose,
        exemption=plan.exemption,
        exemption_note=plan.exemption_note or None,
        sender_id=_sender_id(connection, runtime, plan.sender),
        script_key=plan.script_key,
        questions=list(dict.fromkeys(plan.questions)),
        disclosure=plan.disclosure,
        link_hours=plan.link_hours,
        hours=plan.hours.strip(),
        text_policy=plan.text_policy,
        message_ja=messages.get(Language.JA, ""),
        message_en=messages.get(Language.EN, ""),
        created_by=actor,
    )
    once = row.on_conflict_do_nothing(index_elements=["name"]).returning(campaigns.c.id)
    made: int | None = connection.execute(once).scalar()
    if made is None:
        raise CampaignRefused(f"There is a campaign {name} already: choose another name.")
    audit.record(connection, Event(actor, Act.CAMPAIGN_ADD, f"campaign {made}"))
    return made


def _sender_id(connection: Connection, runtime: Runtime, number: str | None) -> int | None:
    if number is None:
        return None
    return conversation.sender_id(connection, registry.choose(connection, runtime.settings, number))


def _name(plan: Plan) -> None:
    name = plain(plan.name)
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise CampaignRefused(f"A campaign's name has 1 to {LONGEST_NAME} visible characters.")


def _purpose(plan: Plan) -> None:
    try:
        document = purposes.current(purposes.shipped(), plan.purpose)
    except ScriptError as error:
        raise CampaignRefused(str(error)) from None
    promotes = document.type is PurposeType.PROMOTIONAL
    if promotes is not (plan.kind is CampaignKind.PROMOTION):
        words = "a promotion" if promotes else "dunning and notices"
        raise CampaignRefused(f"The purpose {plan.purpose} is for {words} only.")


def _exemption(plan: Plan) -> None:
    if bool(plan.exemption) is not bool(plan.exemption_note.strip()):
        raise CampaignRefused("An exemption and its ground in words go together.")
    if len(plan.exemption_note) > LONGEST_REASON:
        words = f"The ground of an exemption has at most {LONGEST_REASON} characters."
        raise CampaignRefused(words)
    is_customer = plan.exemption is Exemption.EXISTING_CUSTOMER
    if plan.exemption and is_customer is not (plan.kind is CampaignKind.PROMOTION):
        words = "Only existing_customer exempts a promotion, and nothing but a promotion."
        raise CampaignRefused(words)


def _page(plan: Plan) -> None:
    try:
        if plan.questions:
            names(*Question, most=MOST_QUESTIONS)(",".join(plan.questions))
    except ValueError:
        words = f"A page asks one to {MOST_QUESTIONS} of {', '.join(Question)}."
        raise CampaignRefused(words) from None
    if plan.link_hours is not None and not 1 <= plan.link_hours <= MOST_LINK_HOURS:
        raise CampaignRefused(f"Links are good for 1 to {MOST_LINK_HOURS} hours.")


def _hours(plan: Plan) -> None:
    try:
        business_hours.parse(plan.hours)
    except ValueError:
        words = "The hours of a campaign must be such as Mon-Fri 10:00-17:00."
        raise CampaignRefused(words) from None


_RULES: Sequence[Callable[[Plan], None]] = (_name, _purpose, _exemption, _page, _hours)

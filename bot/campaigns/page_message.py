"""The message of a campaign that its page shows, to who proved who they are and nobody else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.campaigns.campaign import CampaignKind, messages_of
from bot.dialogue.turn import Account
from bot.errors import CampaignRefused
from bot.messaging.answering.render import NAMELESS, fill, of_company
from bot.payments.link import Seen
from bot.runtime import Runtime
from bot.scripts import written
from bot.scripts.checker import content, links
from bot.scripts.checker.check import Rule, errors
from bot.scripts.checker.context import Context
from bot.scripts.checker.finding import Finding
from bot.scripts.script import Script, Tag
from bot.scripts.sentence import Sentence, spoken
from bot.senders import registry
from bot.senders.surroundings import surroundings
from bot.store.session import transact
from bot.store.tables import campaigns, payment_links
from bot.text.language import Language

# Two pages of paper, and a third of what the page may weigh.
LONGEST = 2000
# What fills its placeholders.
FILLED = frozenset({"name", "amount", "brand", "legal_name", "support_phone", "contact"})
RULES: Sequence[Rule] = (content.threats, content.taught, links.links, links.numbers)


@dataclass(frozen=True)
class Message:
    """What one person reads, paragraph by paragraph, and in which language."""

    language: Language
    paragraphs: Sequence[str]

    @classmethod
    def of(cls, language: Language, text: str) -> "Message":
        """A text, of which an empty line begins a paragraph."""
        return cls(language, [part.strip("\n") for part in text.split("\n\n") if part.strip()])


def check(
    connection: Connection, runtime: Runtime, kind: CampaignKind, messages: Mapping[Language, str]
) -> None:
    """CampaignRefused where these cannot be the messages of a campaign's page."""
    if messages and kind is CampaignKind.PROMOTION:
        raise CampaignRefused("A promotion has no message on a page behind questions.")
    for language, text in messages.items():
        for problem in _unwritable(text):
            told = Sentence("message_refused", language=spoken(language), problem=problem)
            raise CampaignRefused(told)
    for finding in errors(findings(connection, runtime, messages)):
        where = spoken(finding.language)
        raise CampaignRefused(Sentence("message_found", language=where, problem=finding.sentence))


def findings(
    connection: Connection, runtime: Runtime, messages: Mapping[Language, str]
) -> list[Finding]:
    """What the checker of scripts says of messages, as of texts to who proved who they are."""
    senders = registry.everyone(connection, runtime.settings)
    context = Context(runtime.edition, runtime.flows, surroundings(runtime.settings, senders))
    found: list[Finding] = []
    for language, text in messages.items():
        script = Script("message", language, text, tags=frozenset({Tag.VERIFIED}))
        for rule in RULES:
            found += rule(context, script)
    return found


def shown(runtime: Runtime, link: Seen, account: Account, language: Language) -> Message | None:
    """What the page of a link shows, in a language or else in the one that there is; None where
    its campaign has no message. Whoever asks has made sure of who is there."""
    messages = transact(runtime.engine, lambda connection: _of_link(connection, link.id))
    if not messages:
        return None
    chosen = language if language in messages else next(iter(messages))
    text = fill(messages[chosen], chosen, _values(runtime, link, account, chosen))
    return Message.of(chosen, text)


def _unwritable(text: str) -> Iterator[Sentence]:
    yield from written.problems(text, LONGEST)
    if unknown := Script("message", Language.JA, text).placeholders - FILLED:
        yield Sentence("message_unfilled", placeholder=f"{{{min(unknown)}}}")


def _of_link(connection: Connection, link_id: int) -> Mapping[Language, str]:
    found = select(campaigns.c.message_ja, campaigns.c.message_en).join(
        payment_links, payment_links.c.campaign_id == campaigns.c.id
    )
    row: Row[Any] | None = connection.execute(
        found.where(payment_links.c.id == link_id)
    ).one_or_none()
    return messages_of(row) if row else {}


def _values(
    runtime: Runtime, link: Seen, account: Account, language: Language
) -> Mapping[str, object]:
    scripts = runtime.edition.scripts
    name = account.name or scripts[NAMELESS, language].text
    company = of_company(language, scripts, link.company)
    return {**company, "name": name, "amount": account.due}

"""What the holder of an opt-out link may see and choose: of whom, and where each purpose stands."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from bot.compliance import opt_out_links, opt_outs, standing
from bot.compliance.standing import Pair
from bot.dialogue.effects import Consent
from bot.runtime import Runtime
from bot.senders.company import Company
from bot.store.session import transact
from bot.store.tables import conversations, senders
from bot.text.language import Language

_talk = conversations.c
_FIND = (
    select(
        _talk.contact_id,
        _talk.sender_id,
        _talk.language,
        _talk.consent,
        senders.c.number,
        senders.c.brand,
        senders.c.brand_en,
        senders.c.legal_name,
        senders.c.support_phone,
        senders.c.postal_address,
    )
    .join(senders, senders.c.id == _talk.sender_id)
    .where(_talk.id == bindparam("conversation"))
)


@dataclass(frozen=True)
class Choices:
    """A conversation as its opt-out page may tell it; nothing of the person is in it.

    `sender` is our number (E.164), `stopped` says that everything is, `states` is by purpose.
    """

    language: Language
    company: Company
    sender: str
    stopped: bool
    states: Mapping[str, Consent]


def look(runtime: Runtime, token: str) -> Choices | None:
    """The choices of a token; None where it is wrong or has ended. Locks and changes nothing."""
    return transact(runtime.engine, lambda connection: _look(connection, runtime, token))


def _look(connection: Connection, runtime: Runtime, token: str) -> Choices | None:
    conversation = opt_out_links.conversation_of(connection, token)
    if conversation is None:
        return None
    row = connection.execute(_FIND, {"conversation": conversation}).one()
    names = (row.brand, row.brand_en, row.legal_name, row.support_phone, row.postal_address)
    return Choices(
        Language(row.language),
        Company.of(runtime.settings, *names),
        row.number,
        row.consent == Consent.STOPPED
        or opt_outs.is_stopped(connection, row.contact_id, row.sender_id),
        standing.look(connection, Pair(conversation, row.contact_id, row.sender_id)),
    )

"""A conversation is one of our senders and one person's number; its row is its lock."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import Connection, Row, select

from bot.billing import accounts, verification
from bot.dialogue.decision import View
from bot.dialogue.effects import Consent
from bot.dialogue.turn import Facts
from bot.store.columns import utc_now
from bot.store.crypto import Vault
from bot.store.session import insert
from bot.store.tables import contacts, conversations
from bot.text import language as languages
from bot.text.language import Language

Locked = Row[tuple[object, ...]]


def find_or_make(connection: Connection, sender_id: int, number: str) -> int:
    """The conversation of a sender with a number, locked until the transaction ends."""
    contact_id = _contact(connection, number)
    row = insert(connection, conversations).values(
        sender_id=sender_id, contact_id=contact_id, language=languages.of_number(number)
    )
    locking = row.on_conflict_do_update(
        index_elements=["sender_id", "contact_id"], set_={"heard_at": utc_now()}
    )
    return int(connection.execute(locking.returning(conversations.c.id)).scalar_one())


def _contact(connection: Connection, number: str) -> int:
    known = select(contacts.c.id).where(contacts.c.number == number)
    if found := connection.execute(known).scalar():
        return int(found)
    row = insert(connection, contacts).values(number=number)
    made = row.on_conflict_do_update(index_elements=["number"], set_={"number": number})
    return int(connection.execute(made.returning(contacts.c.id)).scalar_one())


def lock(connection: Connection, conversation_id: int) -> Locked:
    """The conversation with its contact's number and tries, and `now`, both rows locked.

    A contact that is not locked would be read as it was before the wait: stale tries.
    """
    return connection.execute(
        select(
            conversations,
            contacts.c.number,
            contacts.c.verification_failures,
            contacts.c.verification_locked_until,
            utc_now().label("now"),
        )
        .join(contacts)
        .where(conversations.c.id == conversation_id)
        .with_for_update(of=[conversations, contacts])
    ).one()


def view_of(row: Locked) -> View:
    """What a decision sees of a locked conversation."""
    return View(
        language=Language(row.language),
        language_chosen=row.language_chosen,
        flow=row.flow,
        state=row.state,
        slots=row.slots,
        idle=row.now - row.spoke_at if row.spoke_at else timedelta(),
        waiting=row.now - row.person_wanted_at if row.person_wanted_at else None,
        consent=Consent(row.consent),
        helped_since_stop=row.helped_since_stop,
        misunderstood=row.misunderstood,
    )


def facts_of(connection: Connection, vault: Vault, row: Locked, needs: Iterable[str]) -> Facts:
    """The facts that a flow asked for."""
    if "account" not in needs:
        return Facts()
    return Facts(
        accounts=accounts.of_number(connection, vault, row.number),
        tries_left=tries_left(row),
    )


def tries_left(row: Locked) -> int:
    """How many wrong answers about who they are the person of a locked conversation has left."""
    return verification.tries_left(
        row.verification_failures, row.verification_locked_until, row.now
    )

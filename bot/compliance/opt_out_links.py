"""Opt-out links: a secret address in a text, with which its reader stops and starts messages."""

from datetime import timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select

from bot.billing import links
from bot.store.columns import seconds_from_now, utc_now
from bot.store.tables import opt_out_links

# Somebody may stop long after the text came, and more than once; a link in an old telephone that
# was passed on should have ended.
VALID_FOR = timedelta(days=90)
# As many at once as hold up no text that makes a link meanwhile.
BATCH = 1000

_link = opt_out_links.c
# Statements that are kept: every text with a link makes one.
_MAKE = (
    insert(opt_out_links)
    .inline()
    .values(expires_at=seconds_from_now(int(VALID_FOR.total_seconds())))
)
_FIND = select(_link.conversation_id).where(
    _link.token_hash == bindparam("hash"), _link.expires_at > utc_now()
)


def create(connection: Connection, conversation_id: int) -> str:
    """Make a link of a conversation and return its token; only a hash of it is stored."""
    token = links.new_token()
    row = {"token_hash": links.hashed(token), "conversation_id": conversation_id}
    connection.execute(_MAKE, row)
    return token


def conversation_of(connection: Connection, token: str) -> int | None:
    """The conversation of a token; None alike for one that is wrong or has ended."""
    found: int | None = connection.execute(_FIND, {"hash": links.hashed(token)}).scalar()
    return found


def forget(connection: Connection) -> bool:
    """Delete links that have ended, as good as wrong ones; True where more may be left."""
    ended = select(_link.id).where(_link.expires_at <= utc_now()).limit(BATCH)
    these = ended.with_for_update(skip_locked=True)
    return connection.execute(delete(opt_out_links).where(_link.id.in_(these))).rowcount == BATCH

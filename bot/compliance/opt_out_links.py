"""Opt-out links: a secret address in a text, with which its reader stops and starts messages."""

from datetime import timedelta

from sqlalchemy import Connection, bindparam, insert, select

from bot.billing import links
from bot.store.columns import seconds_from_now, utc_now
from bot.store.tables import opt_out_links

# Somebody may stop long after the text came, and more than once; a link in an old telephone that
# was passed on should have ended.
VALID_FOR = timedelta(days=90)

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

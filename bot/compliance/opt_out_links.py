"""Opt-out links: a secret address in a text, with which its reader stops and starts messages."""

from datetime import timedelta

from sqlalchemy import Connection, insert, select

from bot.billing import links
from bot.store.columns import seconds_from_now, utc_now
from bot.store.tables import opt_out_links

# Somebody may stop long after the text came, and more than once; a link in an old telephone that
# was passed on should have ended.
VALID_FOR = timedelta(days=90)


def create(connection: Connection, conversation_id: int) -> str:
    """Make a link of a conversation and return its token; only a hash of it is stored."""
    token = links.new_token()
    connection.execute(
        insert(opt_out_links).values(
            token_hash=links.hashed(token),
            conversation_id=conversation_id,
            expires_at=seconds_from_now(VALID_FOR.total_seconds()),
        )
    )
    return token


def conversation_of(connection: Connection, token: str) -> int | None:
    """The conversation of a token; None alike for one that is wrong or has ended."""
    link = opt_out_links.c
    found: int | None = connection.execute(
        select(link.conversation_id).where(
            link.token_hash == links.hashed(token), link.expires_at > utc_now()
        )
    ).scalar()
    return found

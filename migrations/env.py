"""Alembic's entry: runs on the connection that `bot.store.schema` hands over."""

from typing import Any, Literal

from alembic import context

from bot.store.columns import UtcDateTime
from bot.store.tables import metadata


def render_item(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Migrations speak plain SQLAlchemy, so that they outlive our own column types."""
    return "sa.DateTime(timezone=True)" if isinstance(item, UtcDateTime) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()

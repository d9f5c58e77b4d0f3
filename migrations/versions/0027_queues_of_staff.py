"""Whose department an alert concerns, and an index of messages that were too old to be of use."""

import sqlalchemy as sa
from alembic import op


revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TOO_OLD = sa.text("status = 'canceled' AND reason = 'too old to be of use'")


def upgrade() -> None:
    op.add_column('alerts', sa.Column('sender_id', ID, nullable=True, comment="whose it is; null: the whole company's"))
    op.create_index('ix_outbound_messages_expired', 'outbound_messages', ['id'], postgresql_where=TOO_OLD, sqlite_where=TOO_OLD)


def downgrade() -> None:
    op.drop_index('ix_outbound_messages_expired', 'outbound_messages')
    op.drop_column('alerts', 'sender_id')

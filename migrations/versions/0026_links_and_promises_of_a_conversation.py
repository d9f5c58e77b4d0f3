"""A stop finds the links it ends, and a payment the promises it may keep, by their conversation."""

import sqlalchemy as sa
from alembic import op


revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

PAYABLE = sa.text("status IN ('open', 'failed')")


def upgrade() -> None:
    op.create_index('ix_payment_links_payable', 'payment_links', ['conversation_id'], unique=False, postgresql_where=PAYABLE, sqlite_where=PAYABLE)
    op.create_index('ix_promises_conversation_id', 'promises', ['conversation_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_promises_conversation_id', 'promises')
    op.drop_index('ix_payment_links_payable', 'payment_links')

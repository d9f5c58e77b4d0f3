"""A message knows when the person did what it tells of."""

import sqlalchemy as sa
from alembic import op


revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('outbound_messages', sa.Column('acted_at', sa.DateTime(timezone=True), nullable=True, comment='when the person did what it tells of; null: nothing'))


def downgrade() -> None:
    op.drop_column('outbound_messages', 'acted_at')

"""Hold unsolicited messages while a stop question is open."""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.add_column(sa.Column('held_since', sa.DateTime(timezone=True), nullable=True, comment='unsolicited messages wait for an answer'))


def downgrade() -> None:
    # Not in a batch: SQLite would copy a table that others refer to.
    op.drop_column('conversations', 'held_since')

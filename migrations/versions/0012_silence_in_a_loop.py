"""Fall silent where two machines answer each other."""

import sqlalchemy as sa
from alembic import op


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

MUTED = sa.text('muted_at IS NOT NULL')


def upgrade() -> None:
    op.add_column('conversations', sa.Column('guard', sa.JSON(), nullable=True, comment='counts of the last texts and replies'))
    op.add_column('conversations', sa.Column('muted_at', sa.DateTime(timezone=True), nullable=True, comment='silent: a loop or a flood'))
    op.create_index('ix_conversations_muted', 'conversations', ['muted_at'], unique=False, postgresql_where=MUTED, sqlite_where=MUTED)


def downgrade() -> None:
    op.drop_index('ix_conversations_muted', 'conversations')
    op.drop_column('conversations', 'muted_at')
    op.drop_column('conversations', 'guard')

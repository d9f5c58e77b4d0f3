"""Stops and starts that the provider has to be told of."""

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    op.create_table('consent_pushes',
    sa.Column('id', ID, nullable=False),
    sa.Column('conversation_id', ID, nullable=False),
    sa.Column('status', sa.String(length=8), nullable=False, comment='opt-out, opt-in'),
    sa.Column('correlation', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False, comment='pending, done, failed'),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('error', sa.String(length=200), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('pending', 'done', 'failed')", name=op.f('ck_consent_pushes_state')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_consent_pushes_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_pushes')),
    sa.UniqueConstraint('correlation', name=op.f('uq_consent_pushes_correlation'))
    )
    op.create_index('ix_consent_pushes_pending', 'consent_pushes', ['conversation_id', 'id'], unique=False, postgresql_where=PENDING, sqlite_where=PENDING)


def downgrade() -> None:
    op.drop_index('ix_consent_pushes_pending', 'consent_pushes')
    op.drop_table('consent_pushes')

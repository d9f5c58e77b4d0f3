"""What a person did with a payment link, step by step, with the time of each."""

import sqlalchemy as sa
from alembic import op


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
OPENED = sa.text("kind = 'opened'")


def upgrade() -> None:
    op.create_table('payment_events',
    sa.Column('id', ID, nullable=False),
    sa.Column('conversation_id', ID, nullable=False),
    sa.Column('payment_link_id', ID, nullable=True, comment='null: by text'),
    sa.Column('kind', sa.String(length=24), nullable=False, comment='opened, verified, wrong_answer, viewed'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_payment_events_conversation_id')),
    sa.ForeignKeyConstraint(['payment_link_id'], ['payment_links.id'], name=op.f('fk_payment_events_payment_link_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_events'))
    )
    op.create_index('ix_payment_events_payment_link_id', 'payment_events', ['payment_link_id', 'kind'], unique=False)
    op.create_index('ix_payment_events_conversation_id', 'payment_events', ['conversation_id'], unique=False)
    op.create_index('uq_payment_events_opened', 'payment_events', ['payment_link_id'], unique=True, postgresql_where=OPENED, sqlite_where=OPENED)


def downgrade() -> None:
    op.drop_table('payment_events')

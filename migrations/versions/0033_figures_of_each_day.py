"""What the dashboard shows of each day, and what its round counts by."""

import sqlalchemy as sa
from alembic import op


revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
STOPPED = sa.text("consent = 'stopped'")


def upgrade() -> None:
    op.create_table('daily_figures',
    sa.Column('day', sa.Date(), nullable=False, comment='in Japan'),
    sa.Column('sender_id', ID, nullable=False),
    sa.Column('campaign_id', ID, autoincrement=False, server_default='0', nullable=False, comment='0: of none'),
    sa.Column('script_key', sa.String(length=128), nullable=False, comment='empty: of no script'),
    sa.Column('figure', sa.String(length=16), nullable=False, comment='what is counted'),
    sa.Column('detail', sa.String(length=32), nullable=False, comment='seconds, carrier, code; empty: all'),
    sa.Column('number', ID, nullable=False),
    sa.ForeignKeyConstraint(['sender_id'], ['senders.id'], name=op.f('fk_daily_figures_sender_id')),
    sa.PrimaryKeyConstraint('day', 'sender_id', 'campaign_id', 'script_key', 'figure', 'detail', name=op.f('pk_daily_figures'))
    )
    op.create_index('ix_inbound_messages_created_at', 'inbound_messages', ['created_at'])
    op.create_index('ix_consent_events_stopped', 'consent_events', ['created_at'], postgresql_where=STOPPED, sqlite_where=STOPPED)


def downgrade() -> None:
    op.drop_index('ix_consent_events_stopped', 'consent_events')
    op.drop_index('ix_inbound_messages_created_at', 'inbound_messages')
    op.drop_table('daily_figures')

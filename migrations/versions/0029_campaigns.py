"""Campaigns: one text to many people; which messages and payment links belong to one."""

import sqlalchemy as sa
from alembic import op


revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)
WAITING = sa.text("status = 'waiting'")
OF_ONE = sa.text('campaign_id IS NOT NULL')


def upgrade() -> None:
    op.create_table('campaigns',
    sa.Column('id', ID, nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False, comment='dunning, notice, promotion'),
    sa.Column('purpose', sa.String(length=32), nullable=False),
    sa.Column('exemption', sa.String(length=32), nullable=True, comment='why it needs no consent'),
    sa.Column('exemption_note', sa.String(length=200), nullable=True, comment='the ground in words'),
    sa.Column('sender_id', ID, nullable=True, comment="null: that of each person's last conversation"),
    sa.Column('script_key', sa.String(length=128), nullable=False),
    sa.Column('questions', sa.JSON(), server_default='[]', nullable=False, comment="[]: the sender's"),
    sa.Column('disclosure', sa.String(length=24), nullable=True, comment='null: of the settings'),
    sa.Column('link_hours', sa.Integer(), nullable=True, comment='null: of the settings'),
    sa.Column('hours', sa.String(length=32), server_default='', nullable=False, comment='empty: all but the quiet ones'),
    sa.Column('state', sa.String(length=16), nullable=False, comment='draft, approved, sending, finished, stopped'),
    sa.Column('created_by', sa.String(length=64), nullable=False, comment='staff:name, api:key'),
    sa.Column('approved_by', sa.String(length=64), nullable=True),
    sa.Column('approved_at', MOMENT, nullable=True),
    sa.Column('started_at', MOMENT, nullable=True),
    sa.Column('ended_at', MOMENT, nullable=True, comment='all messages were queued, or it was stopped'),
    sa.Column('stop_reason', sa.String(length=200), nullable=True),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.CheckConstraint("kind IN ('dunning', 'notice', 'promotion')", name=op.f('ck_campaigns_kind')),
    sa.CheckConstraint("state IN ('draft', 'approved', 'sending', 'finished', 'stopped')", name=op.f('ck_campaigns_state')),
    sa.ForeignKeyConstraint(['sender_id'], ['senders.id'], name=op.f('fk_campaigns_sender_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaigns')),
    sa.UniqueConstraint('name', name=op.f('uq_campaigns_name'))
    )
    op.create_table('campaign_recipients',
    sa.Column('campaign_id', ID, nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False, comment='waiting, queued, left_out'),
    sa.Column('reason', sa.String(length=200), nullable=True, comment='why the person was left out'),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.CheckConstraint("status IN ('waiting', 'queued', 'left_out')", name=op.f('ck_campaign_recipients_status')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_campaign_recipients_account_id')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_campaign_recipients_campaign_id')),
    sa.PrimaryKeyConstraint('campaign_id', 'account_id', name=op.f('pk_campaign_recipients'))
    )
    op.create_index('ix_campaign_recipients_waiting', 'campaign_recipients', ['campaign_id', 'account_id'], unique=False, postgresql_where=WAITING, sqlite_where=WAITING)
    op.add_column('outbound_messages', sa.Column('campaign_id', ID, nullable=True, comment='that sent it'))
    op.create_index('uq_outbound_messages_campaign_id', 'outbound_messages', ['campaign_id', 'conversation_id'], unique=True, postgresql_where=OF_ONE, sqlite_where=OF_ONE)
    op.add_column('payment_links', sa.Column('campaign_id', ID, nullable=True, comment='whose message it was made for'))
    op.create_index('ix_payment_links_campaign_id', 'payment_links', ['campaign_id'], unique=False, postgresql_where=OF_ONE, sqlite_where=OF_ONE)


def downgrade() -> None:
    op.drop_index('ix_payment_links_campaign_id', 'payment_links')
    op.drop_column('payment_links', 'campaign_id')
    op.drop_index('uq_outbound_messages_campaign_id', 'outbound_messages')
    op.drop_column('outbound_messages', 'campaign_id')
    op.drop_table('campaign_recipients')
    op.drop_table('campaigns')

"""How fast and whether at all our senders send, and what was done to messages by hand.

Code from before it does not name the new columns: a row without a sender is given one when it is
looked at, and one without a priority is the least urgent.
"""

import sqlalchemy as sa
from alembic import op


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
IN_HAND = sa.text("status IN ('sending', 'unknown', 'parked', 'failed')")
QUEUED = sa.text("status = 'queued'")


def upgrade() -> None:
    op.add_column('outbound_messages', sa.Column('sender_id', ID, nullable=True, comment="the conversation's"))
    op.add_column('outbound_messages', sa.Column('priority', sa.SmallInteger(), server_default='3', nullable=False, comment='0 answer, 1 receipt, 2 reminder, 3 bulk'))
    op.create_index('ix_outbound_messages_lane', 'outbound_messages', ['sender_id', 'priority', 'not_before', 'id'], unique=False, postgresql_where=QUEUED, sqlite_where=QUEUED)
    op.create_index('ix_outbound_messages_in_hand', 'outbound_messages', ['status', 'not_before'], unique=False, postgresql_where=IN_HAND, sqlite_where=IN_HAND)
    op.drop_index('ix_outbound_messages_due', 'outbound_messages')
    op.create_table('sender_paces',
    sa.Column('sender_id', ID, autoincrement=False, nullable=False),
    sa.Column('free_at', sa.DateTime(timezone=True), nullable=False, comment='when all it has sent is worked off'),
    sa.ForeignKeyConstraint(['sender_id'], ['senders.id'], name=op.f('fk_sender_paces_sender_id')),
    sa.PrimaryKeyConstraint('sender_id', name=op.f('pk_sender_paces'))
    )
    op.create_table('circuits',
    sa.Column('subject', sa.String(length=64), nullable=False, comment='account, sender +81…, region JP'),
    sa.Column('window_at', sa.DateTime(timezone=True), nullable=False, comment='since when attempts are counted'),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('open_until', sa.DateTime(timezone=True), nullable=True, comment='nothing leaves before it; null: closed'),
    sa.Column('openings', sa.Integer(), nullable=False, comment='in a row'),
    sa.Column('reason', sa.String(length=200), nullable=True, comment='why it opened'),
    sa.PrimaryKeyConstraint('subject', name=op.f('pk_circuits'))
    )
    op.create_table('outbox_acts',
    sa.Column('id', ID, nullable=False),
    sa.Column('outbound_id', ID, nullable=False),
    sa.Column('act', sa.String(length=16), nullable=False, comment='resend, retry, discard'),
    sa.Column('actor', sa.String(length=64), nullable=False, comment='clock, staff:name'),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('was', sa.String(length=16), nullable=False, comment='the status before'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['outbound_id'], ['outbound_messages.id'], name=op.f('fk_outbox_acts_outbound_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_acts'))
    )
    op.create_index('ix_outbox_acts_outbound_id', 'outbox_acts', ['outbound_id'], unique=False)
    op.create_index('ix_outbox_acts_act', 'outbox_acts', ['act', 'created_at'], unique=False)


def downgrade() -> None:
    op.drop_table('outbox_acts')
    op.drop_table('circuits')
    op.drop_table('sender_paces')
    op.create_index('ix_outbound_messages_due', 'outbound_messages', ['not_before'], unique=False, postgresql_where=QUEUED, sqlite_where=QUEUED)
    op.drop_index('ix_outbound_messages_in_hand', 'outbound_messages')
    op.drop_index('ix_outbound_messages_lane', 'outbound_messages')
    with op.batch_alter_table('outbound_messages', schema=None) as batch_op:
        batch_op.drop_column('priority')
        batch_op.drop_column('sender_id')

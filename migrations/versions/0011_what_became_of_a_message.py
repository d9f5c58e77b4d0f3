"""Keep each report once, other attempts, carriers and counts, and what the clock has covered."""

import sqlalchemy as sa
from alembic import op


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
PARKED = sa.text('outbound_id IS NULL')
RETRY = sa.text('retry_at IS NOT NULL')
ONCE = ['provider', 'provider_sid', 'status', 'error_code']
# The first of equal reports stays, for it has the time at which each was first told.
REPEATED = """
DELETE FROM delivery_reports WHERE id NOT IN (
    SELECT MIN(id) FROM delivery_reports GROUP BY provider, provider_sid, status, error_code
)
"""


def upgrade() -> None:
    op.execute('UPDATE delivery_reports SET error_code = 0 WHERE error_code IS NULL')
    op.execute(REPEATED)
    with op.batch_alter_table('delivery_reports') as batch_op:
        batch_op.alter_column('error_code', existing_type=sa.Integer(), nullable=False, server_default='0', comment='0: none')
        batch_op.add_column(sa.Column('carrier', sa.String(length=32), nullable=True, comment='the network, where the provider tells'))
        batch_op.add_column(sa.Column('happened_at', sa.DateTime(timezone=True), nullable=True, comment="by the provider's clock, where it tells"))
        batch_op.add_column(sa.Column('times', sa.Integer(), server_default='1', nullable=False, comment='how often it came'))
        batch_op.alter_column('outbound_id', existing_type=ID, comment='null: whose, unknown')
        batch_op.create_unique_constraint(op.f('uq_delivery_reports_provider_provider_sid_status_error_code'), ONCE)
    op.create_index('ix_delivery_reports_parked', 'delivery_reports', ['created_at'], unique=False, postgresql_where=PARKED, sqlite_where=PARKED)

    # On SQLite, where lengths mean nothing, a rebuilt table would take the rows that refer to it along.
    if op.get_bind().dialect.name == 'postgresql':
        op.alter_column('outbound_messages', 'delivery_status', existing_type=sa.String(length=16), type_=sa.String(length=32))
    op.add_column('outbound_messages', sa.Column('carrier', sa.String(length=32), nullable=True, comment='the network that had it, where the provider tells'))
    op.add_column('outbound_messages', sa.Column('retry_at', sa.DateTime(timezone=True), nullable=True, comment='undelivered; to be sent once more'))
    op.add_column('outbound_messages', sa.Column('retries', sa.Integer(), server_default='0', nullable=False, comment='of undelivered ones'))
    op.create_index('ix_outbound_messages_sent_at', 'outbound_messages', ['sent_at'], unique=False)
    op.create_index('ix_outbound_messages_retry', 'outbound_messages', ['retry_at'], unique=False, postgresql_where=RETRY, sqlite_where=RETRY)
    op.add_column('inbound_messages', sa.Column('written_at', sa.DateTime(timezone=True), nullable=True, comment="by the provider's clock, where it came late"))

    op.create_table('earlier_attempts',
    sa.Column('id', ID, nullable=False),
    sa.Column('outbound_id', ID, nullable=False),
    sa.Column('provider', sa.String(length=32), nullable=True),
    sa.Column('provider_sid', sa.String(length=128), nullable=False),
    sa.Column('delivery_status', sa.String(length=32), nullable=False),
    sa.Column('error_code', sa.Integer(), nullable=True),
    sa.Column('carrier', sa.String(length=32), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['outbound_id'], ['outbound_messages.id'], name=op.f('fk_earlier_attempts_outbound_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_earlier_attempts'))
    )
    for column in ('outbound_id', 'provider_sid', 'sent_at'):
        op.create_index(f'ix_earlier_attempts_{column}', 'earlier_attempts', [column], unique=False)
    op.create_table('delivery_counts',
    sa.Column('hour', sa.DateTime(timezone=True), nullable=False, comment='in which they were sent'),
    sa.Column('sender_id', ID, nullable=False),
    sa.Column('carrier', sa.String(length=32), nullable=False, comment='empty: not told'),
    sa.Column('status', sa.String(length=32), nullable=False, comment='the last one told; empty: none'),
    sa.Column('error_code', sa.Integer(), autoincrement=False, nullable=False, comment='0: none'),
    sa.Column('messages', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['sender_id'], ['senders.id'], name=op.f('fk_delivery_counts_sender_id')),
    sa.PrimaryKeyConstraint('hour', 'sender_id', 'carrier', 'status', 'error_code', name=op.f('pk_delivery_counts'))
    )
    op.create_table('clock_rounds',
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('covered_until', sa.DateTime(timezone=True), nullable=False, comment='all before it is done'),
    sa.Column('unfinished', sa.JSON(), nullable=True, comment='where a round that was interrupted goes on'),
    sa.Column('found', sa.JSON(), nullable=True, comment='what the last round came to'),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_clock_rounds'))
    )


def downgrade() -> None:
    op.drop_table('clock_rounds')
    op.drop_table('delivery_counts')
    op.drop_table('earlier_attempts')
    op.drop_column('inbound_messages', 'written_at')
    op.drop_index('ix_outbound_messages_retry', 'outbound_messages')
    op.drop_index('ix_outbound_messages_sent_at', 'outbound_messages')
    for name in ('retries', 'retry_at', 'carrier'):
        op.drop_column('outbound_messages', name)
    op.execute('UPDATE outbound_messages SET delivery_status = NULL WHERE length(delivery_status) > 16')
    if op.get_bind().dialect.name == 'postgresql':
        op.alter_column('outbound_messages', 'delivery_status', existing_type=sa.String(length=32), type_=sa.String(length=16))
    op.drop_index('ix_delivery_reports_parked', 'delivery_reports')
    with op.batch_alter_table('delivery_reports') as batch_op:
        batch_op.drop_constraint('uq_delivery_reports_provider_provider_sid_status_error_code', type_='unique')
        for name in ('times', 'happened_at', 'carrier'):
            batch_op.drop_column(name)
        batch_op.alter_column('error_code', existing_type=sa.Integer(), nullable=True, server_default=None)
    op.execute('UPDATE delivery_reports SET error_code = NULL WHERE error_code = 0')

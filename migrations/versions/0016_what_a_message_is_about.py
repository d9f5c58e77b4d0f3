"""A message knows which account and link it is about; a promise to pay is kept, or is not."""

import sqlalchemy as sa
from alembic import op


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)
WANTED = sa.text('remind_at IS NOT NULL')
OPEN = sa.text("status = 'open'")
ABOUT = {'account_id': 'what it is about', 'payment_link_id': 'the link that it carries, or tells of'}


def upgrade() -> None:
    for name, comment in ABOUT.items():
        there = sa.text(f'{name} IS NOT NULL')
        op.add_column('outbound_messages', sa.Column(name, ID, nullable=True, comment=comment))
        op.create_index(f'ix_outbound_messages_{name}', 'outbound_messages', [name], unique=False, postgresql_where=there, sqlite_where=there)
    op.add_column('payment_links', sa.Column('amount_minor', ID, nullable=True, comment='the part that is to be paid; null: all that is due'))
    op.add_column('payment_links', sa.Column('remind_at', MOMENT, nullable=True, comment='when to remind of its end; null: not, or done'))
    op.add_column('payment_links', sa.Column('reminded_at', MOMENT, nullable=True))
    op.create_index('ix_payment_links_remind_at', 'payment_links', ['remind_at'], unique=False, postgresql_where=WANTED, sqlite_where=WANTED)
    op.create_index('ix_gateway_events_payment_link_id', 'gateway_events', ['payment_link_id'], unique=False)
    op.create_table('promises',
    sa.Column('id', ID, nullable=False),
    sa.Column('conversation_id', ID, nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('inbound_id', ID, nullable=True, comment='what they wrote'),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('until', MOMENT, nullable=False, comment='the end of the day where they are'),
    sa.Column('amount_minor', ID, nullable=False, comment='what was named, else all that was due'),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('status', sa.String(length=8), nullable=False, comment='open, kept, broken, moved'),
    sa.Column('settled_at', MOMENT, nullable=True),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_promises_account_id')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_promises_conversation_id')),
    sa.ForeignKeyConstraint(['inbound_id'], ['inbound_messages.id'], name=op.f('fk_promises_inbound_id')),
    sa.CheckConstraint("status IN ('open', 'kept', 'broken', 'moved')", name=op.f('ck_promises_status')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promises'))
    )
    op.create_index('ix_promises_account_id', 'promises', ['account_id'], unique=False)
    op.create_index('ix_promises_open', 'promises', ['until'], unique=False, postgresql_where=OPEN, sqlite_where=OPEN)


def downgrade() -> None:
    op.drop_table('promises')
    op.drop_index('ix_gateway_events_payment_link_id', 'gateway_events')
    op.drop_index('ix_payment_links_remind_at', 'payment_links')
    for name in ('reminded_at', 'remind_at', 'amount_minor'):
        op.drop_column('payment_links', name)
    for name in ABOUT:
        op.drop_index(f'ix_outbound_messages_{name}', 'outbound_messages')
        op.drop_column('outbound_messages', name)

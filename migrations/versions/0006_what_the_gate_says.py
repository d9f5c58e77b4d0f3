"""What the gate says about each message, and what holds a person's messages back."""

import sqlalchemy as sa
from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
UNSOLICITED = sa.text("message_class IN ('reminder', 'promotional', 'legal')")


def upgrade() -> None:
    op.add_column('outbound_messages', sa.Column('purpose', sa.String(length=32), nullable=True, comment='null: an answer, for no purpose of its own'))
    op.add_column('outbound_messages', sa.Column('exemption', sa.String(length=32), nullable=True, comment='why it needs no consent, or passes a stop'))
    op.add_column('outbound_messages', sa.Column('exemption_note', sa.String(length=200), nullable=True, comment='the ground in words'))
    op.add_column('outbound_messages', sa.Column('approved_by', sa.String(length=64), nullable=True, comment='staff:name, of a legal notice'))
    op.add_column('outbound_messages', sa.Column('verdict', sa.String(length=16), nullable=True, comment="the gate's last: allowed, later, blocked"))
    op.add_column('outbound_messages', sa.Column('verdict_reasons', sa.JSON(), nullable=True, comment='all of them: rule and words'))
    op.add_column('outbound_messages', sa.Column('sent_by', sa.String(length=16), server_default='bot', nullable=False, comment='bot, or carrier: it answered by itself'))
    op.create_index('ix_outbound_messages_unsolicited', 'outbound_messages', ['conversation_id', 'attempted_at'], unique=False, postgresql_where=UNSOLICITED, sqlite_where=UNSOLICITED)
    op.create_table('holds',
    sa.Column('id', ID, nullable=False),
    sa.Column('contact_id', ID, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False, comment='promise, lawyer, wrong_person, ...'),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True, comment='null: until a person releases it'),
    sa.Column('inbound_id', ID, nullable=True, comment='what they wrote'),
    sa.Column('rule', sa.String(length=128), nullable=False, comment='which words, or what happened'),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('released_by', sa.String(length=64), nullable=True, comment='person, carrier, staff:name'),
    sa.Column('release_reason', sa.String(length=200), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_holds_contact_id')),
    sa.ForeignKeyConstraint(['inbound_id'], ['inbound_messages.id'], name=op.f('fk_holds_inbound_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_holds'))
    )
    op.create_index('uq_holds_active', 'holds', ['contact_id', 'kind'], unique=True, postgresql_where=sa.text('released_at IS NULL'), sqlite_where=sa.text('released_at IS NULL'))


def downgrade() -> None:
    op.drop_index('uq_holds_active', 'holds')
    op.drop_table('holds')
    op.drop_index('ix_outbound_messages_unsolicited', 'outbound_messages')
    with op.batch_alter_table('outbound_messages', schema=None) as batch_op:
        for name in ('sent_by', 'verdict_reasons', 'verdict', 'approved_by', 'exemption_note', 'exemption', 'purpose'):
            batch_op.drop_column(name)

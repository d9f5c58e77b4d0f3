"""The first tables."""

import sqlalchemy as sa
from alembic import op


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('accounts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False, comment='E.164'),
    sa.Column('customer_number', sa.Text(), nullable=False, comment='sealed'),
    sa.Column('customer_number_index', sa.String(length=64), nullable=False, comment='keyed hash'),
    sa.Column('name', sa.Text(), nullable=False, comment='sealed'),
    sa.Column('language', sa.String(length=2), nullable=True),
    sa.Column('due_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='minor units of the currency'),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('due_date', sa.Date(), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts')),
    sa.UniqueConstraint('customer_number_index', name=op.f('uq_accounts_customer_number_index'))
    )
    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_accounts_number'), ['number'], unique=False)

    op.create_table('contacts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.String(length=64), nullable=False, comment='theirs, E.164'),
    sa.Column('verification_failures', sa.Integer(), nullable=False),
    sa.Column('verification_locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contacts')),
    sa.UniqueConstraint('number', name=op.f('uq_contacts_number'))
    )
    op.create_table('senders',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False, comment='ours, E.164'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_senders')),
    sa.UniqueConstraint('number', name=op.f('uq_senders_number'))
    )
    op.create_table('conversations',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sender_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('language_chosen', sa.Boolean(), nullable=False),
    sa.Column('flow', sa.String(length=64), nullable=True, comment='the flow that has a question open'),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('slots', sa.JSON(), nullable=False),
    sa.Column('consent', sa.String(length=16), nullable=False),
    sa.Column('helped_since_stop', sa.Boolean(), nullable=False),
    sa.Column('misunderstood', sa.Integer(), nullable=False),
    sa.Column('spoke_at', sa.DateTime(timezone=True), nullable=True, comment='when the bot last answered'),
    sa.Column('person_wanted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('heard_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_conversations_contact_id')),
    sa.ForeignKeyConstraint(['sender_id'], ['senders.id'], name=op.f('fk_conversations_sender_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conversations')),
    sa.UniqueConstraint('sender_id', 'contact_id', name=op.f('uq_conversations_sender_id_contact_id'))
    )
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.create_index('ix_conversations_contact_id', ['contact_id'], unique=False)

    op.create_table('inbound_messages',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('provider', sa.String(length=32), nullable=False),
    sa.Column('provider_sid', sa.String(length=128), nullable=False),
    sa.Column('conversation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='null: unrouted'),
    sa.Column('sender', sa.String(length=64), nullable=False),
    sa.Column('recipient', sa.String(length=64), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('carrier_intent', sa.String(length=16), nullable=True, comment='the carrier already answered it as this'),
    sa.Column('status', sa.String(length=16), nullable=False, comment='waiting, answered, failed, ignored'),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('error', sa.String(length=200), nullable=True),
    sa.Column('intent', sa.String(length=16), nullable=True),
    sa.Column('trace', sa.JSON(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("status IN ('waiting', 'answered', 'failed', 'ignored', 'unrouted')", name=op.f('ck_inbound_messages_status')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_inbound_messages_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbound_messages')),
    sa.UniqueConstraint('provider', 'provider_sid', name=op.f('uq_inbound_messages_provider_provider_sid'))
    )
    with op.batch_alter_table('inbound_messages', schema=None) as batch_op:
        batch_op.create_index('ix_inbound_messages_conversation_id', ['conversation_id', 'id'], unique=False)
        batch_op.create_index('ix_inbound_messages_waiting', ['conversation_id', 'id'], unique=False, postgresql_where=sa.text("status = 'waiting'"), sqlite_where=sa.text("status = 'waiting'"))

    op.create_table('payment_links',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('conversation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('due_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='the amount quoted when the payment began'),
    sa.Column('currency', sa.String(length=3), nullable=True),
    sa.Column('gateway', sa.String(length=32), nullable=True),
    sa.Column('gateway_session', sa.String(length=128), nullable=True),
    sa.Column('gateway_payment', sa.String(length=128), nullable=True),
    sa.Column('receipt_number', sa.String(length=16), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("status IN ('open', 'started', 'pending', 'paid', 'failed', 'revoked')", name=op.f('ck_payment_links_status')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_payment_links_account_id')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_payment_links_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_links')),
    sa.UniqueConstraint('gateway_payment', name=op.f('uq_payment_links_gateway_payment')),
    sa.UniqueConstraint('gateway_session', name=op.f('uq_payment_links_gateway_session')),
    sa.UniqueConstraint('receipt_number', name=op.f('uq_payment_links_receipt_number')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_payment_links_token_hash'))
    )
    with op.batch_alter_table('payment_links', schema=None) as batch_op:
        batch_op.create_index('ix_payment_links_account_id', ['account_id'], unique=False)

    op.create_table('consent_events',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('conversation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('inbound_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('consent', sa.String(length=16), nullable=False),
    sa.Column('method', sa.String(length=16), nullable=False, comment='sms, carrier'),
    sa.Column('rule', sa.String(length=128), nullable=False),
    sa.Column('script_key', sa.String(length=128), nullable=True, comment='the words shown with it'),
    sa.Column('revision', sa.String(length=16), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_consent_events_conversation_id')),
    sa.ForeignKeyConstraint(['inbound_id'], ['inbound_messages.id'], name=op.f('fk_consent_events_inbound_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_events'))
    )
    with op.batch_alter_table('consent_events', schema=None) as batch_op:
        batch_op.create_index('ix_consent_events_conversation_id', ['conversation_id', 'id'], unique=False)

    op.create_table('gateway_events',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('gateway', sa.String(length=32), nullable=False),
    sa.Column('event_id', sa.String(length=128), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('payment_link_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('outcome', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['payment_link_id'], ['payment_links.id'], name=op.f('fk_gateway_events_payment_link_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gateway_events')),
    sa.UniqueConstraint('gateway', 'event_id', name=op.f('uq_gateway_events_gateway_event_id'))
    )
    op.create_table('outbound_messages',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('conversation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('inbound_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False, comment='order within one answer'),
    sa.Column('message_class', sa.String(length=16), nullable=False),
    sa.Column('script_key', sa.String(length=128), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('revision', sa.String(length=16), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('encoding', sa.String(length=8), nullable=False),
    sa.Column('segments', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=True, comment='why it failed, waits, or was taken back'),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('attempt_token', sa.String(length=32), nullable=True),
    sa.Column('attempted_at', sa.DateTime(timezone=True), nullable=True, comment='when it was last claimed'),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('absences', sa.Integer(), nullable=False, comment='look-ups that missed it'),
    sa.Column('provider', sa.String(length=32), nullable=True),
    sa.Column('provider_sid', sa.String(length=128), nullable=True),
    sa.Column('error_code', sa.Integer(), nullable=True),
    sa.Column('delivery_status', sa.String(length=16), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("status IN ('queued', 'sending', 'sent', 'failed', 'canceled', 'unknown', 'parked')", name=op.f('ck_outbound_messages_status')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_outbound_messages_conversation_id')),
    sa.ForeignKeyConstraint(['inbound_id'], ['inbound_messages.id'], name=op.f('fk_outbound_messages_inbound_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbound_messages')),
    sa.UniqueConstraint('inbound_id', 'position', name=op.f('uq_outbound_messages_inbound_id_position'))
    )
    with op.batch_alter_table('outbound_messages', schema=None) as batch_op:
        batch_op.create_index('ix_outbound_messages_conversation_id', ['conversation_id', 'id'], unique=False)
        batch_op.create_index('ix_outbound_messages_due', ['not_before'], unique=False, postgresql_where=sa.text("status = 'queued'"), sqlite_where=sa.text("status = 'queued'"))
        batch_op.create_index('ix_outbound_messages_open', ['conversation_id', 'id'], unique=False, postgresql_where=sa.text("status IN ('queued', 'sending', 'unknown')"), sqlite_where=sa.text("status IN ('queued', 'sending', 'unknown')"))
        batch_op.create_index('ix_outbound_messages_provider_sid', ['provider_sid'], unique=False)

    op.create_table('delivery_reports',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('outbound_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='null: not ours'),
    sa.Column('provider', sa.String(length=32), nullable=False),
    sa.Column('provider_sid', sa.String(length=128), nullable=False),
    sa.Column('status', sa.String(length=32), nullable=False),
    sa.Column('error_code', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['outbound_id'], ['outbound_messages.id'], name=op.f('fk_delivery_reports_outbound_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery_reports'))
    )
    with op.batch_alter_table('delivery_reports', schema=None) as batch_op:
        batch_op.create_index('ix_delivery_reports_outbound_id', ['outbound_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('delivery_reports', schema=None) as batch_op:
        batch_op.drop_index('ix_delivery_reports_outbound_id')

    op.drop_table('delivery_reports')
    with op.batch_alter_table('outbound_messages', schema=None) as batch_op:
        batch_op.drop_index('ix_outbound_messages_provider_sid')
        batch_op.drop_index('ix_outbound_messages_open', postgresql_where=sa.text("status IN ('queued', 'sending', 'unknown')"), sqlite_where=sa.text("status IN ('queued', 'sending', 'unknown')"))
        batch_op.drop_index('ix_outbound_messages_due', postgresql_where=sa.text("status = 'queued'"), sqlite_where=sa.text("status = 'queued'"))
        batch_op.drop_index('ix_outbound_messages_conversation_id')

    op.drop_table('outbound_messages')
    op.drop_table('gateway_events')
    with op.batch_alter_table('consent_events', schema=None) as batch_op:
        batch_op.drop_index('ix_consent_events_conversation_id')

    op.drop_table('consent_events')
    with op.batch_alter_table('payment_links', schema=None) as batch_op:
        batch_op.drop_index('ix_payment_links_account_id')

    op.drop_table('payment_links')
    with op.batch_alter_table('inbound_messages', schema=None) as batch_op:
        batch_op.drop_index('ix_inbound_messages_waiting', postgresql_where=sa.text("status = 'waiting'"), sqlite_where=sa.text("status = 'waiting'"))
        batch_op.drop_index('ix_inbound_messages_conversation_id')

    op.drop_table('inbound_messages')
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.drop_index('ix_conversations_contact_id')

    op.drop_table('conversations')
    op.drop_table('senders')
    op.drop_table('contacts')
    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_accounts_number'))

    op.drop_table('accounts')

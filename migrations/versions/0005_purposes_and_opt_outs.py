"""Consent by purpose, and opt-outs with their reach."""

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('purpose_consents',
    sa.Column('conversation_id', ID, nullable=False),
    sa.Column('purpose', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('version', sa.String(length=40), nullable=False, comment='of the document agreed to'),
    sa.Column('asked_until', sa.DateTime(timezone=True), nullable=True, comment='a yes after this is too late'),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_purpose_consents_conversation_id')),
    sa.PrimaryKeyConstraint('conversation_id', 'purpose', name=op.f('pk_purpose_consents'))
    )
    with op.batch_alter_table('purpose_consents', schema=None) as batch_op:
        batch_op.create_index('ix_purpose_consents_asked', ['asked_until'], unique=False, postgresql_where=sa.text("state = 'asked'"), sqlite_where=sa.text("state = 'asked'"))

    op.create_table('opt_outs',
    sa.Column('id', ID, nullable=False),
    sa.Column('contact_id', ID, nullable=False),
    sa.Column('sender_id', ID, nullable=True, comment='null: every sender'),
    sa.Column('scope', sa.String(length=8), nullable=False, comment='pair, sender, brand, all'),
    sa.Column('purpose', sa.String(length=32), nullable=True, comment='null: every purpose'),
    sa.Column('method', sa.String(length=16), nullable=False),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_opt_outs_contact_id')),
    sa.ForeignKeyConstraint(['sender_id'], ['senders.id'], name=op.f('fk_opt_outs_sender_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opt_outs'))
    )
    with op.batch_alter_table('opt_outs', schema=None) as batch_op:
        batch_op.create_index('ix_opt_outs_active', ['contact_id'], unique=False, postgresql_where=sa.text('lifted_at IS NULL'), sqlite_where=sa.text('lifted_at IS NULL'))

    op.create_table('opt_out_links',
    sa.Column('id', ID, nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('conversation_id', ID, nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_opt_out_links_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opt_out_links')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_opt_out_links_token_hash'))
    )
    # Stops from before were of one conversation each.
    op.execute("""INSERT INTO opt_outs (contact_id, sender_id, scope, method, created_at)
        SELECT contact_id, sender_id, 'pair', 'sms', heard_at FROM conversations WHERE consent = 'stopped'""")


def downgrade() -> None:
    op.drop_table('opt_out_links')
    with op.batch_alter_table('opt_outs', schema=None) as batch_op:
        batch_op.drop_index('ix_opt_outs_active', postgresql_where=sa.text('lifted_at IS NULL'), sqlite_where=sa.text('lifted_at IS NULL'))

    op.drop_table('opt_outs')
    with op.batch_alter_table('purpose_consents', schema=None) as batch_op:
        batch_op.drop_index('ix_purpose_consents_asked', postgresql_where=sa.text("state = 'asked'"), sqlite_where=sa.text("state = 'asked'"))

    op.drop_table('purpose_consents')

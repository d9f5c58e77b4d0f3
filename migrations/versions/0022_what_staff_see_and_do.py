"""Staff take over, reply and note; the index by which conversations are listed and found."""

import sqlalchemy as sa
from alembic import op


revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TIME = sa.DateTime(timezone=True)
TERMS = sa.JSON().with_variant(sa.ARRAY(sa.Text()), 'postgresql')
CARDS = {'last_at': (), 'sender': ('sender_id',), 'consent': ('consent',), 'flow': ('flow',), 'language': ('language',)}
FLAGS = {'wanted': 'wanted_at IS NOT NULL', 'taken': 'taken_by IS NOT NULL', 'held': 'held', 'on_hold': 'on_hold', 'trouble': 'trouble IS NOT NULL'}


def upgrade() -> None:
    op.add_column('conversations', sa.Column('taken_by', ID, nullable=True, comment='the member of staff who answers instead of the bot'))
    op.add_column('conversations', sa.Column('taken_until', TIME, nullable=True, comment='and until when, unless they go on'))
    op.create_index('ix_conversations_taken', 'conversations', ['taken_until'], postgresql_where=sa.text('taken_until IS NOT NULL'), sqlite_where=sa.text('taken_until IS NOT NULL'))
    op.add_column('outbound_messages', sa.Column('staff_id', ID, nullable=True, comment='the member of staff who wrote it'))
    say_who_sends('bot, staff, or carrier: it answered by itself')
    op.create_table('takeovers',
    sa.Column('id', ID, nullable=False),
    sa.Column('conversation_id', ID, nullable=False),
    sa.Column('staff_id', ID, nullable=False),
    sa.Column('wanted_at', TIME, nullable=True, comment='since when a person had been waited for'),
    sa.Column('replies', sa.Integer(), server_default='0', nullable=False),
    sa.Column('ended_at', TIME, nullable=True),
    sa.Column('ended_by', sa.String(length=64), nullable=True, comment='staff:name, or clock'),
    sa.Column('created_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_takeovers_conversation_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_takeovers_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_takeovers'))
    )
    op.create_index('uq_takeovers_open', 'takeovers', ['conversation_id'], unique=True, postgresql_where=sa.text('ended_at IS NULL'), sqlite_where=sa.text('ended_at IS NULL'))
    op.create_index('ix_takeovers_conversation_id', 'takeovers', ['conversation_id', 'id'])
    op.create_table('conversation_notes',
    sa.Column('id', ID, nullable=False),
    sa.Column('conversation_id', ID, nullable=False),
    sa.Column('staff_id', ID, nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('created_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_conversation_notes_conversation_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_conversation_notes_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conversation_notes'))
    )
    op.create_index('ix_conversation_notes_conversation_id', 'conversation_notes', ['conversation_id', 'id'])
    op.create_table('canned_replies',
    sa.Column('id', ID, nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('retired_at', TIME, nullable=True),
    sa.Column('created_at', TIME, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_canned_replies'))
    )
    op.create_table('conversation_cards',
    sa.Column('conversation_id', ID, autoincrement=False, nullable=False),
    sa.Column('sender_id', ID, nullable=False),
    sa.Column('last_at', TIME, nullable=False, comment='of its last message either way'),
    sa.Column('last_inbound_id', ID, nullable=True),
    sa.Column('last_outbound_id', ID, nullable=True),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('flow', sa.String(length=64), nullable=False, comment='empty: no question open'),
    sa.Column('consent', sa.String(length=16), nullable=False),
    sa.Column('wanted_at', TIME, nullable=True, comment='a person is waited for'),
    sa.Column('taken_by', ID, nullable=True, comment='the member who took over'),
    sa.Column('held', sa.Boolean(), nullable=False, comment='a stop question is open'),
    sa.Column('on_hold', sa.Boolean(), nullable=False, comment='something holds unsolicited messages'),
    sa.Column('trouble', sa.String(length=16), nullable=True, comment='failed, parked, unknown or undelivered in a week'),
    sa.Column('error_code', sa.Integer(), nullable=True),
    sa.Column('touched_at', TIME, nullable=False, comment='when this row was last written'),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_conversation_cards_conversation_id')),
    sa.PrimaryKeyConstraint('conversation_id', name=op.f('pk_conversation_cards'))
    )
    for name, columns in CARDS.items():
        op.create_index(f'ix_conversation_cards_{name}', 'conversation_cards', [*columns, 'last_at', 'conversation_id'])
    for name, where in FLAGS.items():
        op.create_index(f'ix_conversation_cards_{name}', 'conversation_cards', ['last_at', 'conversation_id'], postgresql_where=sa.text(where), sqlite_where=sa.text(where))
    op.create_index('ix_conversation_cards_touched_at', 'conversation_cards', ['touched_at'])
    op.create_table('message_terms',
    sa.Column('id', ID, nullable=False),
    sa.Column('kind', sa.String(length=3), nullable=False, comment='in, out'),
    sa.Column('message_id', ID, nullable=False),
    sa.Column('conversation_id', ID, nullable=False),
    sa.Column('terms', TERMS, nullable=False, comment='pairs of letters; key:, rev: and err: of what was sent'),
    sa.CheckConstraint("kind IN ('in', 'out')", name=op.f('ck_message_terms_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_terms')),
    sa.UniqueConstraint('kind', 'message_id', name=op.f('uq_message_terms_kind_message_id'))
    )
    op.create_index('ix_message_terms_conversation_id', 'message_terms', ['conversation_id'])
    if op.get_bind().dialect.name == 'postgresql':
        op.create_index('ix_message_terms_terms', 'message_terms', ['terms'], postgresql_using='gin')
    op.create_index('ix_accounts_updated_at', 'accounts', ['updated_at', 'id'])
    op.create_table('name_terms',
    sa.Column('term', sa.String(length=64), nullable=False, comment='keyed hash of a pair of letters'),
    sa.Column('account_id', ID, nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_name_terms_account_id')),
    sa.PrimaryKeyConstraint('term', 'account_id', name=op.f('pk_name_terms'))
    )


def say_who_sends(words: str) -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(f"COMMENT ON COLUMN outbound_messages.sent_by IS '{words}'")


def downgrade() -> None:
    op.drop_index('ix_accounts_updated_at', 'accounts')
    say_who_sends('bot, or carrier: it answered by itself')
    for name in ('name_terms', 'message_terms', 'conversation_cards', 'canned_replies', 'conversation_notes', 'takeovers'):
        op.drop_table(name)
    op.drop_column('outbound_messages', 'staff_id')
    op.drop_index('ix_conversations_taken', 'conversations')
    op.drop_column('conversations', 'taken_until')
    op.drop_column('conversations', 'taken_by')

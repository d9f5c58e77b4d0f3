"""Answers by which people prove who they are, as keyed hashes; locks after wrong ones, and their end."""

import sqlalchemy as sa
from alembic import op


revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table('identity_answers',
    sa.Column('id', ID, nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('question', sa.String(length=24), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False, comment='keyed hash; the answer is not kept'),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_identity_answers_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity_answers')),
    sa.UniqueConstraint('account_id', 'question', name=op.f('uq_identity_answers_account_id_question'))
    )
    op.create_table('verification_locks',
    sa.Column('id', ID, nullable=False),
    sa.Column('contact_id', ID, nullable=False),
    sa.Column('until', MOMENT, nullable=True, comment='null: until staff end it'),
    sa.Column('ended_at', MOMENT, nullable=True),
    sa.Column('ended_by', sa.String(length=64), nullable=True, comment='person, staff:name'),
    sa.Column('end_reason', sa.String(length=200), nullable=True),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_verification_locks_contact_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_verification_locks'))
    )
    op.create_index('ix_verification_locks_contact_id', 'verification_locks', ['contact_id'])
    op.add_column('senders', sa.Column('questions', sa.JSON(), server_default='[]', nullable=False, comment='[]: of the settings'))
    op.add_column('payment_links', sa.Column('wrong_answers', sa.Integer(), server_default='0', nullable=False))
    op.add_column('conversations', sa.Column('verified_at', MOMENT, nullable=True, comment='when the person proved by text who they are'))
    op.add_column('conversations', sa.Column('verified_account_id', ID, nullable=True, comment='for which account'))


def downgrade() -> None:
    for name in ('verified_account_id', 'verified_at'):
        op.drop_column('conversations', name)
    op.drop_column('payment_links', 'wrong_answers')
    op.drop_column('senders', 'questions')
    op.drop_index('ix_verification_locks_contact_id', 'verification_locks')
    op.drop_table('verification_locks')
    op.drop_table('identity_answers')

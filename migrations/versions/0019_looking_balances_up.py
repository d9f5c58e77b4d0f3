"""Looking up what somebody owes at a company's own system, and accounts that it knows no more."""

import sqlalchemy as sa
from alembic import op


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
DUE = sa.text('ended_at IS NULL')


def upgrade() -> None:
    op.create_table('balance_lookups',
    sa.Column('number', sa.String(length=20), nullable=False, comment='E.164'),
    sa.Column('asked_at', MOMENT, nullable=False, comment='by a waiting text'),
    sa.Column('begun_at', MOMENT, nullable=True, comment='when it was last tried'),
    sa.Column('ended_at', MOMENT, nullable=True, comment='null: it is to be tried'),
    sa.Column('error', sa.String(length=200), nullable=True, comment='why the source could not tell'),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_balance_lookups'))
    )
    op.create_index('ix_balance_lookups_due', 'balance_lookups', ['asked_at'], postgresql_where=DUE, sqlite_where=DUE)
    op.add_column('accounts', sa.Column('gone_at', MOMENT, nullable=True, comment='the balance source knows it no more'))


def downgrade() -> None:
    op.drop_column('accounts', 'gone_at')
    op.drop_index('ix_balance_lookups_due', 'balance_lookups')
    op.drop_table('balance_lookups')

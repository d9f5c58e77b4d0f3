"""What needs a person of the company."""

import sqlalchemy as sa
from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
OPEN = sa.text('settled_at IS NULL')


def upgrade() -> None:
    op.create_table('alerts',
    sa.Column('id', ID, nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False, comment='what it is about; no personal data'),
    sa.Column('words', sa.String(length=300), nullable=False, comment='what happened and what to do'),
    sa.Column('count', sa.Integer(), nullable=False, comment='how often it was raised'),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_by', sa.String(length=64), nullable=True, comment='clock, staff:name'),
    sa.Column('settle_reason', sa.String(length=200), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alerts'))
    )
    op.create_index('uq_alerts_open', 'alerts', ['kind', 'subject'], unique=True, postgresql_where=OPEN, sqlite_where=OPEN)


def downgrade() -> None:
    op.drop_index('uq_alerts_open', 'alerts')
    op.drop_table('alerts')

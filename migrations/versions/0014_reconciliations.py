"""When the gateways' lists were compared with ours, and what came of it."""

import sqlalchemy as sa
from alembic import op


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('reconciliations',
    sa.Column('id', ID, nullable=False),
    sa.Column('gateway', sa.String(length=32), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('night', sa.Date(), nullable=True, comment='the day in Japan that it is the nightly one of'),
    sa.Column('listed', sa.Integer(), nullable=True, comment='payments that the gateway listed'),
    sa.Column('settled', sa.Integer(), nullable=True, comment='those that were missing here'),
    sa.Column('differing', sa.Integer(), nullable=True, comment='those that a person must look at'),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True, comment='null: it broke off'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reconciliations'))
    )
    op.create_index('ix_reconciliations_gateway', 'reconciliations', ['gateway', 'created_at'])


def downgrade() -> None:
    op.drop_table('reconciliations')

"""Exports of conversations: asked for with a reason, and decided by somebody else."""

import sqlalchemy as sa
from alembic import op


revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'exports',
        sa.Column('id', ID, nullable=False),
        sa.Column('staff_id', ID, nullable=False, comment='who asked, and alone may take it'),
        sa.Column('department_id', ID, nullable=True, comment='theirs then; null: all senders'),
        sa.Column('filters', sa.JSON(), nullable=False, comment='as in the address of the list'),
        sa.Column('unmasked', sa.Boolean(), nullable=False, comment='numbers and digits in full'),
        sa.Column('reason', sa.String(length=200), nullable=False),
        sa.Column('conversations', sa.Integer(), nullable=False, comment='how many when asked for'),
        sa.Column('approved', sa.Boolean(), nullable=True, comment='null: not decided yet'),
        sa.Column('decided_by', ID, nullable=True),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('decided_by <> staff_id', name=op.f('ck_exports_by_another')),
        sa.ForeignKeyConstraint(['decided_by'], ['staff.id'], name=op.f('fk_exports_decided_by_staff')),
        sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_exports_department_id_departments')),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_exports_staff_id_staff')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_exports')),
    )
    op.create_index('ix_exports_undecided', 'exports', ['id'], postgresql_where=sa.text('approved IS NULL'), sqlite_where=sa.text('approved IS NULL'))
    op.create_index('ix_exports_staff_id', 'exports', ['staff_id', 'id'])


def downgrade() -> None:
    op.drop_table('exports')

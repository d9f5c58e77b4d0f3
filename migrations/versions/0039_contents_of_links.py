"""A link may lead to what one person alone is told, opened by a password of its own."""

import sqlalchemy as sa
from alembic import op


revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table('link_contents',
    sa.Column('payment_link_id', ID, autoincrement=False, nullable=False),
    sa.Column('content', sa.Text(), nullable=False, comment='sealed'),
    sa.Column('key_id', sa.String(length=8), nullable=False, comment='of the SECRET_KEY that sealed it'),
    sa.Column('password_fingerprint', sa.String(length=64), nullable=True, comment='keyed hash; null: the usual questions'),
    sa.Column('password_key_id', sa.String(length=8), nullable=True, comment='of the SECRET_KEY that hashed it'),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['payment_link_id'], ['payment_links.id'], name=op.f('fk_link_contents_payment_link_id')),
    sa.PrimaryKeyConstraint('payment_link_id', name=op.f('pk_link_contents'))
    )


def downgrade() -> None:
    op.drop_table('link_contents')

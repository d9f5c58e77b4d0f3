"""A number to pay with at a store is ordered by text, and kept where the gateway tells it."""

import sqlalchemy as sa
from alembic import op


revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None

WISHED = sa.text("store_order = 'wished'")


def upgrade() -> None:
    op.add_column('payment_links', sa.Column('store_order', sa.String(length=8), nullable=True, comment='of a number by text: wished, done, failed'))
    op.create_index('ix_payment_links_wished', 'payment_links', ['id'], unique=False, postgresql_where=WISHED, sqlite_where=WISHED)
    op.add_column('checkouts', sa.Column('voucher_number', sa.String(length=64), nullable=True, comment='the number itself, where the gateway tells it'))


def downgrade() -> None:
    op.drop_column('checkouts', 'voucher_number')
    op.drop_index('ix_payment_links_wished', 'payment_links')
    op.drop_column('payment_links', 'store_order')

"""A message knows which account and payment link it is about, so that a payment can take it back."""

import sqlalchemy as sa
from alembic import op


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
ABOUT = {'account_id': 'what it is about', 'payment_link_id': 'the link that it carries, or tells of'}


def upgrade() -> None:
    for name, comment in ABOUT.items():
        there = sa.text(f'{name} IS NOT NULL')
        op.add_column('outbound_messages', sa.Column(name, ID, nullable=True, comment=comment))
        op.create_index(f'ix_outbound_messages_{name}', 'outbound_messages', [name], unique=False, postgresql_where=there, sqlite_where=there)


def downgrade() -> None:
    for name in ABOUT:
        op.drop_index(f'ix_outbound_messages_{name}', 'outbound_messages')
        op.drop_column('outbound_messages', name)

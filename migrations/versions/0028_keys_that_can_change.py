"""What tells which SECRET_KEY sealed a row, and the ledger's own keys, which outlive it."""

import sqlalchemy as sa
from alembic import op


revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None

KEY_ID = 'of the SECRET_KEY; null: not known'
MARKED = (('accounts', 'key_id'), ('identity_answers', 'key_id'), ('api_keys', 'key_id'), ('staff', 'codes_key_id'))


def upgrade() -> None:
    op.add_column('consent_chain', sa.Column('sealed_keys', sa.Text(), nullable=True, comment='of the evidence, sealed; null: none yet'))
    for table, column in MARKED:
        op.add_column(table, sa.Column(column, sa.String(length=8), nullable=True, comment=KEY_ID))


def downgrade() -> None:
    if op.get_bind().scalar(sa.text('SELECT sealed_keys FROM consent_chain WHERE sealed_keys IS NOT NULL')):
        raise RuntimeError('The evidence of the ledger is sealed with keys that stand in consent_chain alone: they cannot be dropped.')
    for table, column in MARKED:
        op.drop_column(table, column)
    op.drop_column('consent_chain', 'sealed_keys')

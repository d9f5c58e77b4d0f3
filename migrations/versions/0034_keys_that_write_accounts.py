"""Not every key of the API may change what people are asked to pay; those that are there may."""

import sqlalchemy as sa
from alembic import op


revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # An older version, which goes on beside this one during a deploy, makes keys that may, too.
    op.add_column('api_keys', sa.Column('writes_accounts', sa.Boolean(), server_default=sa.true(), nullable=False, comment='it may change what people owe'))


def downgrade() -> None:
    op.drop_column('api_keys', 'writes_accounts')

"""Who may administer the registry of senders, and who took a name for one."""

import sqlalchemy as sa
from alembic import op


revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('senders', sa.Column('override_by', sa.String(length=64), nullable=True, comment='who took a name: staff:name, api:key'))
    op.add_column('api_keys', sa.Column('administers', sa.Boolean(), server_default=sa.false(), nullable=False, comment='it may change the registry of senders'))


def downgrade() -> None:
    op.drop_column('api_keys', 'administers')
    op.drop_column('senders', 'override_by')

"""A campaign may be short, with a message that is read on a page by who proved who they are."""

import sqlalchemy as sa
from alembic import op


revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None

READ_ON_PAGE = ('message_ja', 'message_en')


def upgrade() -> None:
    op.add_column('campaigns', sa.Column('text_policy', sa.String(length=8), server_default='long', nullable=False, comment='short: one segment with a link; long: up to 660 characters'))
    for name in READ_ON_PAGE:
        op.add_column('campaigns', sa.Column(name, sa.Text(), server_default='', nullable=False, comment='read on the page'))


def downgrade() -> None:
    for name in (*READ_ON_PAGE, 'text_policy'):
        op.drop_column('campaigns', name)

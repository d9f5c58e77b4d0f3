"""Whom a campaign cannot write to yet has their turn later, and nothing is made for them before."""

import sqlalchemy as sa
from alembic import op


revision = '0040'
down_revision = '0039'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        'campaign_recipients',
        sa.Column('not_before', MOMENT, nullable=True, comment='the turn of who was put off, for its reason'),
    )


def downgrade() -> None:
    op.drop_column('campaign_recipients', 'not_before')

"""Whom a campaign puts off stands in nobody's way, and is not put off for ever."""

import sqlalchemy as sa
from alembic import op


revision = '0041'
down_revision = '0040'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WAITING = sa.text("status = 'waiting'")


def upgrade() -> None:
    op.add_column(
        'campaign_recipients',
        sa.Column('put_off_at', MOMENT, nullable=True, comment='when the person was put off first'),
    )
    op.create_index('ix_campaign_recipients_turns', 'campaign_recipients', ['campaign_id', 'not_before', 'account_id'], postgresql_where=WAITING, sqlite_where=WAITING)
    op.drop_index('ix_campaign_recipients_waiting', table_name='campaign_recipients')


def downgrade() -> None:
    op.create_index('ix_campaign_recipients_waiting', 'campaign_recipients', ['campaign_id', 'account_id'], postgresql_where=WAITING, sqlite_where=WAITING)
    op.drop_index('ix_campaign_recipients_turns', table_name='campaign_recipients')
    op.drop_column('campaign_recipients', 'put_off_at')

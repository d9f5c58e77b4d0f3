"""Alerts are posted to the company's own system: when each was taken, and when to try again."""

import sqlalchemy as sa
from alembic import op

revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None

UNTOLD = sa.text('told_at IS NULL')


def upgrade() -> None:
    op.add_column('alerts', sa.Column('told_at', sa.DateTime(timezone=True), nullable=True, comment='when HENJI_ALERT_URL took it'))
    op.add_column('alerts', sa.Column('tell_at', sa.DateTime(timezone=True), nullable=True, comment='not before; null: at once'))
    op.add_column('alerts', sa.Column('tell_attempts', sa.Integer(), server_default='0', nullable=False))
    op.create_index('ix_alerts_untold', 'alerts', ['created_at'], postgresql_where=UNTOLD, sqlite_where=UNTOLD)


def downgrade() -> None:
    op.drop_index('ix_alerts_untold', 'alerts')
    for name in ('tell_attempts', 'tell_at', 'told_at'):
        op.drop_column('alerts', name)

"""The figures of all scripts together are kept beside those of each; every day is counted anew."""

import sqlalchemy as sa
from alembic import op


revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None

ALL_SCRIPTS = sa.text("script_key = ''")
KEYS = sa.String(length=128)


def upgrade() -> None:
    count_anew('empty: of all', 'empty: of no script')
    op.create_index('ix_daily_figures_of_all_scripts', 'daily_figures', ['day'], postgresql_where=ALL_SCRIPTS, sqlite_where=ALL_SCRIPTS)


def downgrade() -> None:
    op.drop_index('ix_daily_figures_of_all_scripts', 'daily_figures')
    count_anew('empty: of no script', 'empty: of all')


def count_anew(comment: str, before: str) -> None:
    op.execute('DELETE FROM daily_figures')
    op.execute("DELETE FROM clock_rounds WHERE name = 'figures'")
    if op.get_bind().dialect.name == 'postgresql':
        op.alter_column('daily_figures', 'script_key', existing_type=KEYS, existing_nullable=False, comment=comment, existing_comment=before)

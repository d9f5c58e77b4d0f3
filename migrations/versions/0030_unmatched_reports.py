"""Reports that are nobody's yet are called unmatched: a message may be parked, a report may not."""

import sqlalchemy as sa
from alembic import op


revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None

UNMATCHED = sa.text('outbound_id IS NULL')
PARKED_INDEX, UNMATCHED_INDEX = 'ix_delivery_reports_parked', 'ix_delivery_reports_unmatched'


def upgrade() -> None:
    _rename(PARKED_INDEX, UNMATCHED_INDEX)


def downgrade() -> None:
    _rename(UNMATCHED_INDEX, PARKED_INDEX)


def _rename(old: str, new: str) -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(f'ALTER INDEX {old} RENAME TO {new}')
        return
    # SQLite cannot rename an index.
    op.drop_index(old, 'delivery_reports')
    op.create_index(new, 'delivery_reports', ['created_at'], unique=False, sqlite_where=UNMATCHED)

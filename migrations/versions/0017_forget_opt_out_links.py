"""Find the opt-out links that have ended, so that they are deleted."""

from alembic import op


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f('ix_opt_out_links_expires_at'), 'opt_out_links', ['expires_at'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_opt_out_links_expires_at'), table_name='opt_out_links')

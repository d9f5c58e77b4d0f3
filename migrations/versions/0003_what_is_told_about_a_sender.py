"""What is told about a sender."""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Columns are added one by one: SQLite would otherwise copy a table that others refer to.
    for name, length in TOLD.items():
        op.add_column('senders', sa.Column(name, sa.String(length=length), server_default='', nullable=False))
    op.add_column('senders', sa.Column('route', sa.String(length=16), sa.CheckConstraint("route IN ('domestic', 'international')", name=op.f('ck_senders_route')), server_default='domestic', nullable=False))
    op.add_column('senders', sa.Column('inbound', sa.String(length=8), sa.CheckConstraint("inbound IN ('on', 'drop')", name=op.f('ck_senders_inbound')), server_default='on', nullable=False))
    op.add_column('senders', sa.Column('displays', sa.JSON(), server_default='{}', nullable=False, comment='by carrier'))
    op.add_column('senders', sa.Column('link_domains', sa.JSON(), server_default='[]', nullable=False))
    op.add_column('senders', sa.Column('approval', sa.String(length=16), sa.CheckConstraint("approval IN ('draft', 'requested', 'approved', 'refused')", name=op.f('ck_senders_approval')), server_default='draft', nullable=False, comment="the carriers'"))
    op.add_column('senders', sa.Column('override_reason', sa.String(length=200), nullable=True, comment='why it may be a name'))
    op.add_column('senders', sa.Column('enabled_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('senders', sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True))
    # What sent until now goes on sending.
    op.execute("UPDATE senders SET enabled_at = created_at, approval = 'approved'")


def downgrade() -> None:
    for name in reversed([*TOLD, 'route', 'inbound', 'displays', 'link_domains', 'approval', 'override_reason', 'enabled_at', 'retired_at']):
        op.drop_column('senders', name)


TOLD = {
    'brand': 20,
    'brand_en': 20,
    'legal_name': 100,
    'support_phone': 40,
    'postal_address': 200,
    'purposes_ja': 400,
    'purposes_en': 400,
}

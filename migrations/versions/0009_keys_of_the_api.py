"""Keys of the API, and what was answered to requests that may be repeated."""

import sqlalchemy as sa
from alembic import op


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
IN_USE = sa.text('revoked_at IS NULL')


def upgrade() -> None:
    op.create_table('api_keys',
    sa.Column('id', ID, nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False, comment="the ledger's actor is api:name"),
    sa.Column('signed', sa.Boolean(), nullable=False, comment='its requests are signed'),
    sa.Column('fingerprint', sa.String(length=64), nullable=False, comment='SHA-256 of the key; of a signed one the salt of its secret'),
    sa.Column('allow', sa.JSON(), nullable=False, comment='networks in CIDR notation'),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True, comment='to the minute'),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_keys')),
    sa.UniqueConstraint('fingerprint', name=op.f('uq_api_keys_fingerprint'))
    )
    op.create_index('uq_api_keys_in_use', 'api_keys', ['name'], unique=True, postgresql_where=IN_USE, sqlite_where=IN_USE)
    op.create_table('api_requests',
    sa.Column('id', ID, nullable=False),
    sa.Column('api_key_id', ID, nullable=False),
    sa.Column('idempotency_key', sa.String(length=255), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False, comment='SHA-256 of address and body'),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('answer', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['api_key_id'], ['api_keys.id'], name=op.f('fk_api_requests_api_key_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_requests')),
    sa.UniqueConstraint('api_key_id', 'idempotency_key', name=op.f('uq_api_requests_api_key_id_idempotency_key'))
    )
    op.create_index('ix_api_requests_created_at', 'api_requests', ['created_at'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_api_requests_created_at', 'api_requests')
    op.drop_table('api_requests')
    op.drop_index('uq_api_keys_in_use', 'api_keys')
    op.drop_table('api_keys')

"""Staff with their departments, sessions and invitations, and an audit log that is append-only."""

import sqlalchemy as sa
from alembic import op


revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table('departments',
    sa.Column('id', ID, nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('created_at', TIME, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_departments')),
    sa.UniqueConstraint('name', name=op.f('uq_departments_name'))
    )
    op.create_table('department_senders',
    sa.Column('department_id', ID, nullable=False),
    sa.Column('sender_id', ID, nullable=False),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_department_senders_department_id')),
    sa.ForeignKeyConstraint(['sender_id'], ['senders.id'], name=op.f('fk_department_senders_sender_id')),
    sa.PrimaryKeyConstraint('department_id', 'sender_id', name=op.f('pk_department_senders'))
    )
    op.create_table('staff',
    sa.Column('id', ID, nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False, comment='staff:name acts'),
    sa.Column('email', sa.String(length=254), nullable=False, comment='in lower case'),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('department_id', ID, nullable=True, comment='null: all senders'),
    sa.Column('language', sa.String(length=2), server_default='ja', nullable=False),
    sa.Column('password', sa.Text(), nullable=True, comment='argon2id; null: not set yet'),
    sa.Column('fs_uniquifier', sa.String(length=64), nullable=False, comment='of all sessions'),
    sa.Column('tf_primary_method', sa.String(length=16), nullable=True, comment='authenticator, or null: none'),
    sa.Column('tf_totp_secret', sa.Text(), nullable=True, comment='encrypted'),
    sa.Column('totp_counter', ID, nullable=True, comment="the last code's; none is taken twice"),
    sa.Column('mf_recovery_codes', sa.JSON(), nullable=True, comment='encrypted; each works once'),
    sa.Column('signed_in_at', TIME, nullable=True, comment='for the last time'),
    sa.Column('created_at', TIME, nullable=False),
    sa.CheckConstraint("role IN ('administrator', 'editor', 'operator', 'auditor', 'suspended')", name=op.f('ck_staff_role')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_staff_department_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff')),
    sa.UniqueConstraint('email', name=op.f('uq_staff_email')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_staff_fs_uniquifier')),
    sa.UniqueConstraint('name', name=op.f('uq_staff_name'))
    )
    op.create_table('staff_invitations',
    sa.Column('id', ID, nullable=False),
    sa.Column('staff_id', ID, nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('expires_at', TIME, nullable=False),
    sa.Column('used_at', TIME, nullable=True),
    sa.Column('created_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_invitations_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_invitations')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_staff_invitations_token_hash'))
    )
    op.create_index(op.f('ix_staff_invitations_staff_id'), 'staff_invitations', ['staff_id'])
    op.create_table('staff_sessions',
    sa.Column('id', ID, nullable=False),
    sa.Column('staff_id', ID, nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('address', sa.String(length=45), nullable=False, comment='it was begun from'),
    sa.Column('browser', sa.String(length=300), nullable=False, comment='as it names itself'),
    sa.Column('seen_at', TIME, nullable=False, comment='to the minute'),
    sa.Column('ended_at', TIME, nullable=True),
    sa.Column('created_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_sessions_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_sessions')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_staff_sessions_token_hash'))
    )
    op.create_index('ix_staff_sessions_open', 'staff_sessions', ['staff_id'], postgresql_where=sa.text('ended_at IS NULL'), sqlite_where=sa.text('ended_at IS NULL'))
    op.create_table('role_rules',
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('second_factor', sa.Boolean(), nullable=False, comment='it must be set up'),
    sa.Column('networks', sa.JSON(), nullable=False, comment='in CIDR notation; empty: from anywhere'),
    sa.PrimaryKeyConstraint('role', name=op.f('pk_role_rules'))
    )
    op.create_table('audit_events',
    sa.Column('id', ID, nullable=False),
    sa.Column('actor', sa.String(length=64), nullable=False, comment='staff:name, or nobody'),
    sa.Column('act', sa.String(length=32), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False, comment='what by our own id; no personal data'),
    sa.Column('conversation_id', ID, nullable=True),
    sa.Column('reason', sa.String(length=200), server_default='', nullable=False),
    sa.Column('details', sa.JSON(), nullable=False, comment='no personal data'),
    sa.Column('address', sa.String(length=45), server_default='', nullable=False, comment='it was done from'),
    sa.Column('created_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_audit_events_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_events'))
    )
    op.create_index('ix_audit_events_actor', 'audit_events', ['actor', 'id'])
    op.create_index('ix_audit_events_act', 'audit_events', ['act', 'id'])
    op.create_index('ix_audit_events_created_at', 'audit_events', ['created_at'])
    op.create_index('ix_audit_events_conversation_id', 'audit_events', ['conversation_id', 'id'])
    refuse_changes()


def downgrade() -> None:
    for name in ('audit_events', 'role_rules', 'staff_sessions', 'staff_invitations', 'staff', 'department_senders', 'departments'):
        op.drop_table(name)
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('DROP FUNCTION henji_audit_append_only()')


def refuse_changes() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute("""CREATE FUNCTION henji_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$""")
        op.execute("CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION henji_audit_append_only()")
        return
    refusal = "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    op.execute(f"CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events {refusal}")
    op.execute(f"CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events {refusal}")

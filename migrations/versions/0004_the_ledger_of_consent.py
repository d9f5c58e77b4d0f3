"""The ledger of consent: chained by hashes, its evidence sealed, refused to change by the database."""

import hashlib
import json
from datetime import timezone

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

GENESIS = '0' * 64
ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
# Advertising by mail order: the record of a request or consent is kept for three years.
# (Act on Specified Commercial Transactions, article 12-3.)
YEARS = 3


def upgrade() -> None:
    op.create_table('consent_evidence',
    sa.Column('hash', sa.String(length=64), nullable=False, comment="of the ledger's entry"),
    sa.Column('sealed', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_consent_evidence'))
    )
    chain = op.create_table('consent_chain',
    sa.Column('id', sa.Integer(), nullable=False, comment='1: there is one chain'),
    sa.Column('entries', ID, nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False, comment='of the last entry'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_chain'))
    )
    op.bulk_insert(chain, [{'id': 1, 'entries': 0, 'hash': GENESIS}])
    with op.batch_alter_table('consent_events', schema=None) as batch_op:
        batch_op.alter_column('conversation_id', existing_type=ID, nullable=True)
        batch_op.add_column(sa.Column('contact_id', ID, nullable=True))
        batch_op.add_column(sa.Column('purpose', sa.String(length=32), nullable=True, comment='null: every purpose'))
        batch_op.add_column(sa.Column('purpose_version', sa.String(length=40), nullable=True, comment='version and revision of its document'))
        batch_op.add_column(sa.Column('scope', sa.String(length=8), nullable=True, comment='of a stop: pair, sender, brand, all'))
        batch_op.add_column(sa.Column('policy_version', sa.String(length=64), nullable=True, comment='the terms and privacy policy shown'))
        batch_op.add_column(sa.Column('provider_sid', sa.String(length=128), nullable=True))
        batch_op.add_column(sa.Column('actor', sa.String(length=64), nullable=True, comment='person, carrier, clock, staff:name'))
        batch_op.add_column(sa.Column('basis', sa.String(length=64), nullable=True, comment='the stated ground of an import'))
        batch_op.add_column(sa.Column('evidence_hash', sa.String(length=64), nullable=True, comment='SHA-256 of the sealed evidence'))
        batch_op.add_column(sa.Column('previous', sa.String(length=64), nullable=True, comment='no chain can fork'))
        batch_op.add_column(sa.Column('hash', sa.String(length=64), nullable=True))
    chain_what_is_there()
    with op.batch_alter_table('consent_events', schema=None) as batch_op:
        for name, kind in (('contact_id', ID), ('actor', sa.String(64)), ('evidence_hash', sa.String(64)), ('previous', sa.String(64)), ('hash', sa.String(64))):
            batch_op.alter_column(name, existing_type=kind, nullable=False)
        batch_op.create_foreign_key(op.f('fk_consent_events_contact_id'), 'contacts', ['contact_id'], ['id'])
        batch_op.create_unique_constraint(op.f('uq_consent_events_previous'), ['previous'])
        batch_op.create_unique_constraint(op.f('uq_consent_events_hash'), ['hash'])
        batch_op.create_index('ix_consent_events_contact_id', ['contact_id', 'id'], unique=False)
    refuse_changes()


def downgrade() -> None:
    allow_changes()
    op.execute("DELETE FROM consent_events WHERE conversation_id IS NULL")
    with op.batch_alter_table('consent_events', schema=None) as batch_op:
        batch_op.drop_index('ix_consent_events_contact_id')
        batch_op.drop_constraint(op.f('uq_consent_events_hash'), type_='unique')
        batch_op.drop_constraint(op.f('uq_consent_events_previous'), type_='unique')
        batch_op.drop_constraint(op.f('fk_consent_events_contact_id'), type_='foreignkey')
        for name in ('hash', 'previous', 'evidence_hash', 'basis', 'actor', 'provider_sid', 'policy_version', 'scope', 'purpose_version', 'purpose', 'contact_id'):
            batch_op.drop_column(name)
        batch_op.alter_column('conversation_id', existing_type=ID, nullable=False)
    op.drop_table('consent_chain')
    op.drop_table('consent_evidence')


def chain_what_is_there() -> None:
    """Entries from before the chain: they are chained as they are; their evidence was never kept."""
    connection = op.get_bind()
    events = sa.table('consent_events', *(sa.column(name) for name in (
        'id', 'contact_id', 'conversation_id', 'inbound_id', 'consent', 'method', 'rule', 'script_key', 'revision', 'actor', 'evidence_hash', 'previous', 'hash')), sa.column('created_at', sa.DateTime(timezone=True)))
    conversations = sa.table('conversations', sa.column('id'), sa.column('contact_id'))
    found = connection.execute(
        sa.select(*(column for column in events.c if column.name not in ('contact_id', 'actor', 'evidence_hash', 'previous', 'hash')), conversations.c.contact_id)
        .join_from(events, conversations, conversations.c.id == events.c.conversation_id).order_by(events.c.id)
    ).mappings().all()
    head = GENESIS
    for row in found:
        sealed = ''
        at = row['created_at'].replace(tzinfo=row['created_at'].tzinfo or timezone.utc)
        entry = {**row, 'actor': 'carrier' if row['method'] == 'carrier' else 'person', 'evidence_hash': sha256(sealed), 'previous': head, 'created_at': at.astimezone(timezone.utc).isoformat(timespec='microseconds')}
        del entry['id']
        said = {name: value for name, value in entry.items() if value is not None}
        new = {name: entry[name] for name in ('contact_id', 'actor', 'evidence_hash', 'previous')}
        head = sha256(json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(',', ':')))
        connection.execute(sa.update(events).where(events.c.id == row['id']).values(**new, hash=head))
        connection.execute(sa.text("INSERT INTO consent_evidence (hash, sealed, created_at) SELECT hash, '', created_at FROM consent_events WHERE id = :id"), {'id': row['id']})
    connection.execute(sa.text('UPDATE consent_chain SET entries = :entries, hash = :hash'), {'entries': len(found), 'hash': head})


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def refuse_changes() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute("""CREATE FUNCTION henji_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'the ledger of consent is append-only'; END $$""")
        op.execute("CREATE TRIGGER consent_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_events FOR EACH STATEMENT EXECUTE FUNCTION henji_append_only()")
        op.execute("CREATE TRIGGER consent_evidence_no_change BEFORE UPDATE OR TRUNCATE ON consent_evidence FOR EACH STATEMENT EXECUTE FUNCTION henji_append_only()")
        op.execute(f"CREATE TRIGGER consent_evidence_no_delete BEFORE DELETE ON consent_evidence FOR EACH ROW WHEN (OLD.created_at > now() - interval '{YEARS} years') EXECUTE FUNCTION henji_append_only()")
        return
    refusal = "BEGIN SELECT RAISE(ABORT, 'the ledger of consent is append-only'); END"
    op.execute(f"CREATE TRIGGER consent_events_no_update BEFORE UPDATE ON consent_events {refusal}")
    op.execute(f"CREATE TRIGGER consent_events_no_delete BEFORE DELETE ON consent_events {refusal}")
    op.execute(f"CREATE TRIGGER consent_evidence_no_update BEFORE UPDATE ON consent_evidence {refusal}")
    op.execute(f"CREATE TRIGGER consent_evidence_no_delete BEFORE DELETE ON consent_evidence WHEN OLD.created_at > datetime('now', '-{YEARS} years') {refusal}")


def allow_changes() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute("DROP TRIGGER consent_evidence_no_delete ON consent_evidence")
        op.execute("DROP TRIGGER consent_evidence_no_change ON consent_evidence")
        op.execute("DROP TRIGGER consent_events_append_only ON consent_events")
        op.execute("DROP FUNCTION henji_append_only()")
        return
    for name in ('consent_events_no_update', 'consent_events_no_delete', 'consent_evidence_no_update', 'consent_evidence_no_delete'):
        op.execute(f"DROP TRIGGER {name}")

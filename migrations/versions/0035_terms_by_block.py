"""The index of search terms holds the block of a message as well, to be read the newest first."""

from alembic import op


revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None

PLACED = "((terms || ('at:' || (id >> 15)::text)))"


def upgrade() -> None:
    exchange('ix_message_terms_terms', 'ix_message_terms_placed', PLACED)


def exchange(old: str, new: str, what: str) -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(f'CREATE INDEX {new} ON message_terms USING gin {what}')
        op.execute(f'DROP INDEX {old}')


def downgrade() -> None:
    exchange('ix_message_terms_placed', 'ix_message_terms_terms', '(terms)')

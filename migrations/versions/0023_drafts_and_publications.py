"""Drafts and publications of scripts and keywords; which of them a message was made from."""

import sqlalchemy as sa
from alembic import op


revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)
STATES = "state IN ('draft', 'review', 'approved', 'published', 'withdrawn')"


def upgrade() -> None:
    op.create_table('script_drafts',
    sa.Column('id', ID, nullable=False),
    sa.Column('author', sa.String(length=64), nullable=False, comment='staff:name; a draft is theirs alone'),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False, comment='why'),
    sa.Column('accepted', sa.JSON(), nullable=False, comment='rule of a warning: why it may'),
    sa.Column('reviewer', sa.String(length=64), nullable=True, comment='staff:name, who approved it or sent it back'),
    sa.Column('review_note', sa.String(length=200), nullable=True),
    sa.Column('reviewed_at', MOMENT, nullable=True),
    sa.Column('changed_at', MOMENT, nullable=False),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.CheckConstraint(STATES, name=op.f('ck_script_drafts_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_script_drafts'))
    )
    op.create_index('ix_script_drafts_state', 'script_drafts', ['state', 'id'])
    op.create_table('script_draft_items',
    sa.Column('draft_id', ID, nullable=False),
    sa.Column('key', sa.String(length=128), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('content', sa.JSON(), nullable=True, comment='null: as it ships'),
    sa.Column('seen', sa.JSON(), nullable=False, comment='what was in force when it was written'),
    sa.ForeignKeyConstraint(['draft_id'], ['script_drafts.id'], name=op.f('fk_script_draft_items_draft_id')),
    sa.PrimaryKeyConstraint('draft_id', 'key', 'language', name=op.f('pk_script_draft_items'))
    )
    op.create_table('script_publications',
    sa.Column('id', ID, nullable=False),
    sa.Column('draft_id', ID, nullable=True, comment='null: a roll back'),
    sa.Column('undoes_id', ID, nullable=True, comment='what it rolls back'),
    sa.Column('author', sa.String(length=64), nullable=False),
    sa.Column('reviewer', sa.String(length=64), nullable=True, comment='null: no second person was asked for'),
    sa.Column('publisher', sa.String(length=64), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('accepted', sa.JSON(), nullable=False, comment='rule of a warning: why it may'),
    sa.Column('effective_at', MOMENT, nullable=False, comment='from when it is in force'),
    sa.Column('canceled_at', MOMENT, nullable=True, comment='before it was in force'),
    sa.Column('canceled_by', sa.String(length=64), nullable=True),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['script_drafts.id'], name=op.f('fk_script_publications_draft_id')),
    sa.ForeignKeyConstraint(['undoes_id'], ['script_publications.id'], name=op.f('fk_script_publications_undoes_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_script_publications'))
    )
    op.create_index('ix_script_publications_effective_at', 'script_publications', ['effective_at', 'id'])
    op.create_table('script_versions',
    sa.Column('id', ID, nullable=False),
    sa.Column('publication_id', ID, nullable=False),
    sa.Column('key', sa.String(length=128), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('content', sa.JSON(), nullable=True, comment='null: as it ships'),
    sa.Column('revision', sa.String(length=16), nullable=False),
    sa.Column('replaced', sa.JSON(), nullable=True, comment='the content before it; null: as it shipped'),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['publication_id'], ['script_publications.id'], name=op.f('fk_script_versions_publication_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_script_versions')),
    sa.UniqueConstraint('publication_id', 'key', 'language', name=op.f('uq_script_versions_publication_id_key_language'))
    )
    op.create_index('ix_script_versions_key', 'script_versions', ['key', 'language', 'publication_id'])
    op.create_table('script_talks',
    sa.Column('id', ID, nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('persona', sa.String(length=32), nullable=False),
    sa.Column('turns', sa.JSON(), nullable=False, comment='what was said, and what must come of it'),
    sa.Column('author', sa.String(length=64), nullable=False),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_script_talks')),
    sa.UniqueConstraint('name', name=op.f('uq_script_talks_name'))
    )
    op.add_column('outbound_messages', sa.Column('publication_id', ID, nullable=True, comment='of scripts, in force then; null: as they ship'))
    op.add_column('inbound_messages', sa.Column('state_before', sa.String(length=129), nullable=True, comment='flow.state that it met; null: none was open'))
    op.add_column('inbound_messages', sa.Column('state_after', sa.String(length=129), nullable=True, comment='flow.state that it left open'))


def downgrade() -> None:
    op.drop_column('inbound_messages', 'state_after')
    op.drop_column('inbound_messages', 'state_before')
    op.drop_column('outbound_messages', 'publication_id')
    op.drop_table('script_talks')
    op.drop_table('script_versions')
    op.drop_table('script_publications')
    op.drop_table('script_draft_items')
    op.drop_table('script_drafts')

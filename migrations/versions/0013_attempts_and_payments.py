"""Attempts to pay, payments and refunds have tables of their own; a link keeps where it stands."""

import sqlalchemy as sa
from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)
LIVE = sa.text("status IN ('open', 'tried', 'pending')")
LEAVING = {
    'due_minor': ID,
    'currency': sa.String(length=3),
    'gateway': sa.String(length=32),
    'gateway_session': sa.String(length=128),
    'gateway_payment': sa.String(length=128),
}
UNIQUE = ('gateway_session', 'gateway_payment')
# How the last attempt of a link stands, by the link; one that was revoked may have a page open.
STATUS = {'started': 'open', 'pending': 'pending', 'paid': 'paid', 'revoked': 'open'}


def upgrade() -> None:
    make_tables()
    take_over()
    if op.get_bind().dialect.name == 'sqlite':
        rebuild({})
        return
    for name in LEAVING:
        op.drop_column('payment_links', name)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        rebuild(LEAVING)
    else:
        for name, kind in LEAVING.items():
            op.add_column('payment_links', sa.Column(name, kind, nullable=True, comment=comment(name)))
        for name in UNIQUE:
            op.create_unique_constraint(op.f(f'uq_payment_links_{name}'), 'payment_links', [name])
    give_back()
    for name in ('refunds', 'payments', 'checkouts'):
        op.drop_table(name)


def make_tables() -> None:
    op.create_table('checkouts',
    sa.Column('id', ID, nullable=False),
    sa.Column('payment_link_id', ID, nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False, comment="the link's first is 1"),
    sa.Column('gateway', sa.String(length=32), nullable=False),
    sa.Column('amount_minor', ID, nullable=False, comment='the amount quoted when it began'),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False, comment="of the gateway's page"),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False, comment='requests that brought no page'),
    sa.Column('session', sa.String(length=128), nullable=True, comment="the gateway's id of its page"),
    sa.Column('url', sa.Text(), nullable=True, comment="the gateway's page"),
    sa.Column('voucher_url', sa.Text(), nullable=True, comment='the page with the number to pay with at a store'),
    sa.Column('pay_by', MOMENT, nullable=True, comment='until when a store takes the cash'),
    sa.Column('expires_at', MOMENT, nullable=False),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.CheckConstraint("status IN ('open', 'tried', 'pending', 'paid', 'over', 'refused')", name=op.f('ck_checkouts_status')),
    sa.ForeignKeyConstraint(['payment_link_id'], ['payment_links.id'], name=op.f('fk_checkouts_payment_link_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_checkouts')),
    sa.UniqueConstraint('payment_link_id', 'attempt', name=op.f('uq_checkouts_payment_link_id_attempt'))
    )
    op.create_index('ix_checkouts_session', 'checkouts', ['session'])
    op.create_index('ix_checkouts_live', 'checkouts', ['payment_link_id'], postgresql_where=LIVE, sqlite_where=LIVE)
    op.create_table('payments',
    sa.Column('id', ID, nullable=False),
    sa.Column('payment_link_id', ID, nullable=False),
    sa.Column('checkout_id', ID, nullable=False),
    sa.Column('gateway', sa.String(length=32), nullable=False),
    sa.Column('gateway_payment', sa.String(length=128), nullable=False, comment="the gateway's id of it"),
    sa.Column('amount_minor', ID, nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('credited', sa.Boolean(), nullable=False, comment='false: a second one, to be refunded'),
    sa.Column('paid_at', MOMENT, nullable=False, comment="by the gateway's clock"),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['checkout_id'], ['checkouts.id'], name=op.f('fk_payments_checkout_id')),
    sa.ForeignKeyConstraint(['payment_link_id'], ['payment_links.id'], name=op.f('fk_payments_payment_link_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payments')),
    sa.UniqueConstraint('gateway', 'gateway_payment', name=op.f('uq_payments_gateway_gateway_payment'))
    )
    op.create_index('ix_payments_payment_link_id', 'payments', ['payment_link_id'])
    op.create_index('ix_payments_created_at', 'payments', ['created_at'])
    op.create_table('refunds',
    sa.Column('id', ID, nullable=False),
    sa.Column('payment_id', ID, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('dispute', sa.String(length=128), nullable=True, comment="the gateway's id of a chargeback"),
    sa.Column('amount_minor', ID, nullable=False, comment="in the payment's currency"),
    sa.Column('refunded_at', MOMENT, nullable=False, comment="by the gateway's clock"),
    sa.Column('reversed_at', MOMENT, nullable=True, comment='the chargeback was won: the money is back here'),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.CheckConstraint("kind IN ('refund', 'chargeback')", name=op.f('ck_refunds_kind')),
    sa.ForeignKeyConstraint(['payment_id'], ['payments.id'], name=op.f('fk_refunds_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refunds')),
    sa.UniqueConstraint('payment_id', 'dispute', name=op.f('uq_refunds_payment_id_dispute'))
    )
    op.create_index('ix_refunds_created_at', 'refunds', ['created_at'])


def take_over() -> None:
    """Every attempt that was made through a link; only of the last one is its page known."""
    bind = op.get_bind()
    for link in bind.execute(sa.select(links(LEAVING)).where(sa.text('gateway IS NOT NULL'))):
        for attempt in range(1, link.failures + 1):
            bind.execute(sa.insert(checkouts()).values(attempt=attempt, status='over', **of(link)))
        if link.status not in STATUS:
            continue
        last = {'attempt': link.failures + 1, 'status': STATUS[link.status], 'session': link.gateway_session}
        made = bind.execute(sa.insert(checkouts()).values(**last, **of(link)).returning(sa.column('id', ID)))
        if link.gateway_payment:
            bind.execute(sa.insert(payments()).values(
                payment_link_id=link.id, checkout_id=made.scalar_one(), gateway=link.gateway,
                gateway_payment=link.gateway_payment, amount_minor=link.due_minor, currency=link.currency,
                credited=True, paid_at=link.paid_at, created_at=link.paid_at,
            ))


def of(link: sa.Row) -> dict[str, object]:
    """What all attempts through a link have in common, as far as it was kept."""
    return {
        'payment_link_id': link.id, 'gateway': link.gateway, 'amount_minor': link.due_minor,
        'currency': link.currency, 'language': link.language, 'tries': 0,
        'expires_at': link.expires_at, 'created_at': link.created_at,
    }


def give_back() -> None:
    """The last attempt of each link, and the payment that paid for it."""
    bind, made, paid, link = op.get_bind(), checkouts(), payments(), links(LEAVING)
    for row in bind.execute(sa.select(made).order_by(made.c.attempt)):
        bind.execute(sa.update(link).where(link.c.id == row.payment_link_id).values(
            due_minor=row.amount_minor, currency=row.currency, gateway=row.gateway, gateway_session=row.session,
        ))
    for row in bind.execute(sa.select(paid).where(paid.c.credited)):
        bind.execute(sa.update(link).where(link.c.id == row.payment_link_id).values(
            due_minor=row.amount_minor, gateway_payment=row.gateway_payment,
        ))


def rebuild(more: dict[str, sa.types.TypeEngine]) -> None:
    """SQLite cannot drop a unique column: a new table takes the old one's name and rows.

    Others refer to it. They are checked at the commit, when the rows are there again.
    """
    bind = op.get_bind()
    bind.exec_driver_sql('PRAGMA defer_foreign_keys = ON')
    bind.exec_driver_sql('CREATE TEMPORARY TABLE old_links AS SELECT * FROM payment_links')
    op.drop_table('payment_links')
    op.create_table('payment_links', *columns(more), *constraints(more))
    op.create_index('ix_payment_links_account_id', 'payment_links', ['account_id'], unique=False)
    kept = ', '.join(column.name for column in columns({}))
    bind.exec_driver_sql(f'INSERT INTO payment_links ({kept}) SELECT {kept} FROM old_links')
    bind.exec_driver_sql('DROP TABLE old_links')


def columns(more: dict[str, sa.types.TypeEngine]) -> list[sa.Column]:
    return [
        sa.Column('id', ID, nullable=False),
        sa.Column('token_hash', sa.String(length=64), nullable=False),
        sa.Column('conversation_id', ID, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('language', sa.String(length=2), nullable=False),
        sa.Column('status', sa.String(length=16), nullable=False),
        sa.Column('failures', sa.Integer(), nullable=False),
        *(sa.Column(name, kind, nullable=True, comment=comment(name)) for name, kind in more.items()),
        sa.Column('receipt_number', sa.String(length=16), nullable=True),
        sa.Column('expires_at', MOMENT, nullable=False),
        sa.Column('verified_at', MOMENT, nullable=True),
        sa.Column('paid_at', MOMENT, nullable=True),
        sa.Column('created_at', MOMENT, nullable=False),
    ]


def constraints(more: dict[str, sa.types.TypeEngine]) -> list[sa.Constraint]:
    unique = ['receipt_number', 'token_hash', *(name for name in UNIQUE if name in more)]
    return [
        sa.CheckConstraint("status IN ('open', 'started', 'pending', 'paid', 'failed', 'revoked')", name=op.f('ck_payment_links_status')),
        sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_payment_links_account_id')),
        sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_payment_links_conversation_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_links')),
        *(sa.UniqueConstraint(name, name=op.f(f'uq_payment_links_{name}')) for name in unique),
    ]


def comment(name: str) -> str | None:
    return 'the amount quoted when the payment began' if name == 'due_minor' else None


def links(more: dict[str, sa.types.TypeEngine]) -> sa.Table:
    return sa.Table('payment_links', sa.MetaData(), *columns(more))


def checkouts() -> sa.Table:
    names = {'id': ID, 'payment_link_id': ID, 'attempt': sa.Integer(), 'gateway': sa.Text(), 'amount_minor': ID, 'currency': sa.Text()}
    names |= {'language': sa.Text(), 'status': sa.Text(), 'tries': sa.Integer(), 'session': sa.Text(), 'expires_at': MOMENT, 'created_at': MOMENT}
    return sa.Table('checkouts', sa.MetaData(), *(sa.Column(name, kind, primary_key=name == 'id') for name, kind in names.items()))


def payments() -> sa.Table:
    names = {'id': ID, 'payment_link_id': ID, 'checkout_id': ID, 'gateway': sa.Text(), 'gateway_payment': sa.Text(), 'amount_minor': ID}
    names |= {'currency': sa.Text(), 'credited': sa.Boolean(), 'paid_at': MOMENT, 'created_at': MOMENT}
    return sa.Table('payments', sa.MetaData(), *(sa.Column(name, kind, primary_key=name == 'id') for name, kind in names.items()))

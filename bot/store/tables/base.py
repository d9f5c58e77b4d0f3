"""What every table shares: one set of names for keys and indexes, and when a row was made."""

from sqlalchemy import Column, MetaData

from bot.store.columns import UtcDateTime, utc_now

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def created() -> Column[object]:
    """The moment a row was made, by the database's clock."""
    return Column("created_at", UtcDateTime, nullable=False, default=utc_now())

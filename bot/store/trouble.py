"""What to tell a person when the database cannot be used: never a password, never a parameter."""

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# PostgreSQL: undefined table, undefined column. SQLite has words only.
NOT_MIGRATED_STATES = frozenset({"42P01", "42703"})
NOT_MIGRATED_WORDS = ("no such table", "no such column", "has no column")
NOT_MIGRATED = "The database is not migrated: run henji migrate."


def explain(error: SQLAlchemyError, database_url: str) -> str | None:
    """A sentence for a database that is away or not migrated; None for any other error, a bug."""
    if isinstance(error, DBAPIError) and _not_migrated(error):
        return NOT_MIGRATED
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return f"The database at {place(database_url)} cannot be reached."
    return None


def place(database_url: str) -> str:
    """Which kind of database where, such as "postgresql on db.example.com:5432"."""
    url = make_url(database_url)
    kind = url.get_backend_name()
    if kind == "sqlite":
        return f"sqlite in {url.database or 'memory'}"
    port = f":{url.port}" if url.port else ""
    return f"{kind} on {url.host or 'this host'}{port}"


def _not_migrated(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state in NOT_MIGRATED_STATES or any(
        words in str(error.orig) for words in NOT_MIGRATED_WORDS
    )

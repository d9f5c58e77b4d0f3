"""Bring the database to the newest migration, and tell whether it is there."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from bot.settings import ROOT


def upgrade(engine: Engine) -> None:
    """Apply every migration that is missing."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            # The limits of a web request are not those of a migration over millions of rows.
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        command.upgrade(configuration(connection), "head")


def is_current(connection: Connection) -> bool:
    """Whether the database stands at the newest migration."""
    here = MigrationContext.configure(connection).get_current_heads()
    return set(here) == set(ScriptDirectory.from_config(configuration(connection)).get_heads())


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for a connection."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["connection"] = connection
    return config

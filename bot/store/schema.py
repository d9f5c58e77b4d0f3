"""Bring the database to the newest migration, and tell whether it is there."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from bot.settings import ROOT


def upgrade(engine: Engine) -> None:
    """Apply every migration that is missing; none is where a newer version migrated."""
    with engine.begin() as connection:
        if is_current(connection):
            return
        if connection.dialect.name == "postgresql":
            # The limits of a web request are not those of a migration over millions of rows.
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        command.upgrade(configuration(connection), "head")


def is_current(connection: Connection) -> bool:
    """Whether the database stands at our newest migration, or past it.

    A migration that we do not know is a newer version's, and leaves us what we need: during a
    deploy its predecessor goes on beside it.
    """
    scripts = ScriptDirectory.from_config(configuration(connection))
    here = set(MigrationContext.configure(connection).get_current_heads())
    known = {script.revision for script in scripts.walk_revisions()}
    return here == set(scripts.get_heads()) or not here <= known


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for a connection."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["connection"] = connection
    return config

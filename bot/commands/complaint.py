"""How a command that cannot go on says so: one line on stderr and an exit status, no traceback."""

import sys
from typing import Any, NoReturn

import click

from bot.errors import HenjiError

FAILED = 1
CALLED_WRONGLY = 2


class OneLine(click.Group):
    """Commands that end with status 1 where the work failed and 2 where the call was wrong."""

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run a command and end the process; what still ends in a traceback is a bug."""
        extra |= {"prog_name": "henji", "standalone_mode": False}
        try:
            sys.exit(super().main(*args, **extra))
        except click.UsageError as error:
            _end(f"{error.format_message()} Try '{_path(error)} --help'.", CALLED_WRONGLY)
        except click.ClickException as error:
            _end(error.format_message(), FAILED)
        except click.Abort:
            sys.exit(FAILED)
        except Exception as error:
            _end(sentence(error), FAILED)


def say(sentence: str) -> None:
    """One line on stderr, whatever the sentence holds."""
    click.echo(f"henji: {' '.join(sentence.split())}", err=True)


def sentence(error: Exception) -> str:
    """What to tell a person of an error that is no bug; a bug is raised again."""
    if isinstance(error, HenjiError):
        return str(error)
    if explained := _explained(error):
        return explained
    raise error


def _explained(error: Exception) -> str | None:
    """A sentence for what is away. The imports are slow, and needed only where something failed."""
    from alembic.util import CommandError
    from redis.exceptions import RedisError
    from sqlalchemy.exc import SQLAlchemyError

    from bot.settings import examine
    from bot.store.trouble import explain

    match error:
        case SQLAlchemyError():
            return explain(error, examine()[0].DATABASE_URL)
        case RedisError():
            return "Redis cannot be reached at the address in REDIS_URL."
        case CommandError():
            return f"The database cannot be migrated: {error}."
        case OSError() if error.filename:
            return f"{error.filename}: {error.strerror}."
    return None


def _path(error: click.UsageError) -> str:
    return error.ctx.command_path if error.ctx else "henji"


def _end(sentence: str, status: int) -> NoReturn:
    say(sentence)
    sys.exit(status)

"""What the commands about campaigns share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.runtime import Runtime

Result = TypeVar("Result")

NAME = click.argument("name")


@contextmanager
def opened() -> "Iterator[Runtime]":
    """A runtime that reads accounts and sends nothing, for as long as a command runs."""
    from dataclasses import replace

    from bot.app import build_reader
    from bot.settings import load
    from bot.store.crypto import Vault

    settings = load("SECRET_KEY", "PUBLIC_URL")
    runtime = replace(build_reader(settings), vault=Vault.of(settings))
    try:
        runtime.shelf.look(runtime.engine)
        yield runtime
    finally:
        runtime.engine.dispose()


def do(act: "Callable[[Connection, Runtime], Result]") -> Result:
    """Do something on the company's database, in one transaction."""
    from bot.store.session import transact

    with opened() as runtime:
        return transact(runtime.engine, lambda connection: act(connection, runtime))

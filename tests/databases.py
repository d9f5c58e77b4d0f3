"""Migrated PostgreSQL databases for the tests: copied from a template, and used again once empty.

A copy takes a tenth of a second and more, emptying a few milliseconds; a suite needs a thousand.
"""

import itertools

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from bot.store import schema
from bot.store.session import connect

_TEMPLATE = "henji_template"
_numbers = itertools.count(1)
_free: dict[str, list[str]] = {}
_shapes: dict[str, str] = {}

# What the migrations themselves put into tables is kept aside, to be put back.
_KEEP_ASIDE = """
CREATE SCHEMA pristine;
DO $$
DECLARE name text; filled boolean;
BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO filled;
    IF filled THEN
      EXECUTE format('CREATE TABLE pristine.%I AS TABLE public.%I', name, name);
    END IF;
  END LOOP;
END $$
"""
# As a replica, for the ledger's triggers refuse every DELETE.
_EMPTY = """
DO $$
DECLARE name text;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DELETE FROM public.%I', name);
  END LOOP;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'pristine' LOOP
    EXECUTE format('INSERT INTO public.%I SELECT * FROM pristine.%I', name, name);
  END LOOP;
  PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence;
END $$
"""
_LEAVE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
_SHAPE = """
SELECT md5(string_agg(part, ';' ORDER BY part)) FROM (
  SELECT format('%s %s %s', attrelid::regclass, attname, atttypid) AS part
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace
  UNION ALL
  SELECT format('%s %s %s', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger
) AS parts
"""
# Bytes of one table; one that grew beyond leaves so much behind that later tests would feel it.
_GROWN = 256 * 1024
_LARGEST = """
SELECT max(pg_relation_size(oid)) FROM pg_class WHERE relnamespace = 'public'::regnamespace
"""


def prepare(server_url: str) -> None:
    """Make the template on a new server, migrated once."""
    with _connection(server_url) as connection:
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text(f"CREATE DATABASE {_TEMPLATE}"))
    template = connect(_url(server_url, _TEMPLATE))
    schema.upgrade(template)
    template.dispose()
    with _connection(_url(server_url, _TEMPLATE)) as connection:
        connection.execute(text(_KEEP_ASIDE))
        _shapes[server_url] = connection.scalar(text(_SHAPE))


def take(server_url: str) -> str:
    """The address of an empty, migrated database that nobody else uses."""
    if free := _free.get(server_url):
        return _url(server_url, free.pop())
    name = f"henji_{next(_numbers)}"
    with _connection(server_url) as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}"))
    return _url(server_url, name)


def give_back(server_url: str, url: str) -> None:
    """Empty a database for the next test, or drop it where its shape was changed or it grew."""
    name = url.partition("?")[0].rpartition("/")[2]
    with _connection(server_url) as server:
        server.execute(text(_LEAVE), {"name": name})
        with _connection(url) as database:
            again = _again(server_url, database)
        if again:
            _free.setdefault(server_url, []).append(name)
        else:
            server.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _again(server_url: str, database: Connection) -> bool:
    grown = database.scalar(text(_LARGEST)) > _GROWN
    if grown or database.scalar(text(_SHAPE)) != _shapes[server_url]:
        return False
    database.execute(text(_EMPTY))
    return True


def _url(server_url: str, name: str) -> str:
    return server_url.replace("/postgres?", f"/{name}?")


def _connection(url: str) -> Connection:
    return create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect()

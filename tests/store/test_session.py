"""The database: no lost updates, one clock, one holder of a lock, sealed columns."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.schema import SchemaItem

from bot.errors import SettingError
from bot.store import schema
from bot.store.columns import seconds_from_now, utc_now
from bot.store.crypto import Vault
from bot.store.lock import only_one
from bot.store.session import after_commit, connect, transact
from bot.store.tables import contacts, metadata

HANAKO = "+819000000001"


def test_concurrent_counting_loses_nothing(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(insert(contacts).values(number=HANAKO))

    def count() -> None:
        def one_more(connection: object) -> None:
            now = connection.execute(  # type: ignore[attr-defined]
                select(contacts.c.verification_failures).with_for_update()
            ).scalar_one()
            connection.execute(update(contacts).values(verification_failures=now + 1))  # type: ignore[attr-defined]

        transact(engine, one_more)

    with ThreadPoolExecutor(8) as pool:
        for _ in range(100):
            pool.submit(count)
    with engine.begin() as connection:
        assert connection.execute(select(contacts.c.verification_failures)).scalar_one() == 100


def test_the_databases_clock_reads_as_utc(engine: Engine) -> None:
    with engine.begin() as connection:
        now, later = connection.execute(select(utc_now(), seconds_from_now(90))).one()

    assert now.tzinfo is not None
    assert abs(datetime.now(UTC) - now) < timedelta(seconds=30)
    assert timedelta(seconds=89) < later - now < timedelta(seconds=91)


def test_a_moment_without_a_zone_is_a_bug(engine: Engine) -> None:
    naive = datetime(2026, 11, 21)  # noqa: DTZ001 - the point of the story
    with pytest.raises(Exception, match="without a time zone"), engine.begin() as connection:
        connection.execute(insert(contacts).values(number=HANAKO, verification_locked_until=naive))


def test_errors_of_the_database_show_no_personal_data(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(insert(contacts).values(number=HANAKO))
    with pytest.raises(IntegrityError) as clash, engine.begin() as connection:
        connection.execute(insert(contacts).values(number=HANAKO))

    assert "parameters hidden" in str(clash.value)


def test_a_lock_has_one_holder_and_passes_on(engine: Engine) -> None:
    with only_one(engine, "clock") as mine:
        assert mine()
        with only_one(engine, "clock") as theirs:
            assert not theirs()
    with only_one(engine, "clock") as next_one:
        assert next_one()


def test_a_lock_has_one_holder_over_threads(engine: Engine) -> None:
    holders: list[bool] = []
    together = threading.Barrier(4)

    def hold() -> None:
        with only_one(engine, "clock") as mine:
            holders.append(mine())
            together.wait()

    threads = [threading.Thread(target=hold) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(holders) == [False, False, False, True]


# An index of PostgreSQL alone, whose like SQLite cannot tell of.
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based")
def test_the_migrations_make_exactly_the_tables_of_the_code(engine: Engine) -> None:
    with engine.connect() as connection:
        assert schema.is_current(connection)
        kind = engine.dialect.name

        def is_meant(item: SchemaItem, *_: object) -> bool:
            return item.info.get("only", kind) == kind

        options = {"compare_type": True, "include_object": is_meant}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_the_migrations_go_down_and_up_again(engine: Engine) -> None:
    with engine.begin() as connection:
        command.downgrade(schema.configuration(connection), "base")
    with engine.connect() as connection:
        assert not schema.is_current(connection)
    schema.upgrade(engine)
    with engine.connect() as connection:
        assert schema.is_current(connection)


def test_what_is_sealed_reads_back_only_with_its_key() -> None:
    vault = Vault("a secret of sixteen")
    sealed = vault.seal("山田 花子")

    assert "山田" not in sealed
    assert vault.seal("山田 花子") != sealed
    assert Vault("a secret of sixteen").open(sealed) == "山田 花子"
    with pytest.raises(SettingError, match="SECRET_KEY is wrong"):
        Vault("another secret of 16").open(sealed)


def test_an_index_finds_the_same_text_and_tells_nothing() -> None:
    vault = Vault("a secret of sixteen")

    assert vault.index("10001234") == vault.index("10001234")
    assert vault.index("10001234") != Vault("another secret of 16").index("10001234")
    assert "1234" not in vault.index("10001234")[:4]


@pytest.mark.parametrize("url", ["postgresql+nodriver://host/db", "sqlite+what:///x"])
def test_an_address_that_no_driver_knows_is_refused(url: str) -> None:
    with pytest.raises(Exception, match="DATABASE_URL is wrong"):
        connect(url)


def test_what_is_to_follow_a_commit_follows_it_once_and_no_roll_back(engine: Engine) -> None:
    done: list[str] = []

    def work(connection: Connection, fails: bool) -> None:
        after_commit(connection, lambda: done.append("it"))
        if fails:
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - our own, without words
        transact(engine, lambda connection: work(connection, fails=True))
    assert done == []
    transact(engine, lambda connection: work(connection, fails=False))
    transact(engine, lambda _: None)
    assert done == ["it"]


def test_what_a_newer_version_migrated_is_current_for_this_one(engine: Engine) -> None:
    """During a deploy the version before serves on the new schema; going back, it migrates."""
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        assert schema.is_current(connection)
    schema.upgrade(engine)
    with engine.begin() as connection:
        (stands_at,) = connection.exec_driver_sql("SELECT version_num FROM alembic_version")
        assert stands_at[0] == "9999"

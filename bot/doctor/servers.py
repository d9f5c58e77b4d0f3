"""Whether Redis and the database are there and as they must be."""

from collections.abc import Iterator

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.app import gateways_set_up
from bot.doctor import alerts, queues, senders, sending
from bot.doctor.answers import answers
from bot.doctor.finding import Finding, bad, good
from bot.doctor.holds import holds
from bot.doctor.keys import keys
from bot.doctor.money import compared, money
from bot.doctor.words import words
from bot.errors import SettingError
from bot.messaging.sending.backlog import backlog
from bot.settings import Settings
from bot.store import schema
from bot.store.lock import only_one
from bot.store.session import connect, transact
from bot.store.trouble import NOT_MIGRATED, explain, place

PATIENCE_S = 3.0
KEEPS_ALL = "noeviction"


def redis(url: str) -> Finding:
    """Whether Redis answers, and keeps what it is given."""
    once = Retry(NoBackoff(), 0)
    client = Redis.from_url(
        url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S, retry=once
    )
    try:
        client.ping()
        policy = _policy(client)
    except (RedisError, OSError):
        return bad("Redis cannot be reached at the address in REDIS_URL: answers leave late.")
    finally:
        client.close()
    if policy not in {KEEPS_ALL, None}:
        return bad(f"Redis may drop jobs: set its maxmemory-policy to {KEEPS_ALL}, not {policy}.")
    return good("Redis answers.")


def _policy(client: Redis) -> str | None:
    """What Redis does when its memory is full; None where it does not tell, as hosted ones may."""
    try:
        found = client.config_get("maxmemory-policy")
    except ResponseError:
        return None
    return next((str(value) for value in found.values()), None)


def database(settings: Settings) -> Iterator[Finding]:
    """Whether the database answers and is migrated, and if so all that it tells."""
    try:
        engine = connect(settings.DATABASE_URL)
        migrated = transact(engine, schema.is_current)
    except SettingError as error:
        yield bad(str(error))
    except SQLAlchemyError as error:
        yield bad(explain(error, settings.DATABASE_URL) or "The database cannot be used.")
    else:
        yield from _contents(engine, settings) if migrated else [bad(NOT_MIGRATED)]
        engine.dispose()


def _contents(engine: Engine, settings: Settings) -> Iterator[Finding]:
    yield good(f"The database answers and is migrated: {place(settings.DATABASE_URL)}.")
    yield _clock(engine)
    yield from transact(engine, lambda connection: [*senders.findings(connection, settings)])
    if settings.SECRET_KEY:
        yield from transact(engine, lambda connection: [*keys(connection, settings)])
    yield from queues.findings(transact(engine, backlog))
    yield from transact(engine, lambda connection: [*sending.findings(connection)])
    yield from transact(engine, lambda connection: [*words(connection, settings)])
    yield transact(engine, money)
    yield transact(engine, holds)
    yield from transact(engine, lambda connection: [*answers(connection, settings)])
    yield from transact(engine, lambda connection: [*alerts.told(connection, settings)])
    names = gateways_set_up(settings)
    yield from transact(engine, lambda connection: [*compared(connection, names)])


def _clock(engine: Engine) -> Finding:
    with only_one(engine, "clock") as held:
        if held():
            return bad("No clock is running: start henji clock, which mends what is left behind.")
    return good("A clock is running.")

"""The doctor: says in words what is set wrongly, is away, or waits for a person."""

from collections.abc import Iterator

from bot.doctor.finding import Finding, bad
from bot.doctor.servers import database, redis
from bot.doctor.webhooks import stripe
from bot.doctor.wiring import company, wired
from bot.settings import examine as examine_settings
from bot.settings import to_serve


def examine() -> Iterator[Finding]:
    """Look at everything, as far as it can be reached; tells no secret and no whole number.

    Raises SQLAlchemyError where the database goes away meanwhile.
    """
    settings, errors = examine_settings(*to_serve())
    yield from (bad(str(error)) for error in errors.values())
    yield from company(settings)
    if not errors:
        yield from wired(settings)
        yield from stripe(settings)
    if "REDIS_URL" not in errors:
        yield redis(settings.REDIS_URL)
    if "DATABASE_URL" not in errors:
        yield from database(settings)

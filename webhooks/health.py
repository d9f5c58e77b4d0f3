"""Health: is the process alive, and could it do its work?"""

from collections.abc import Callable

from flask import Blueprint, Response, jsonify
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from bot.runtime import Runtime
from bot.store import schema


def door(runtime: Runtime) -> Blueprint:
    """`/healthz` answers while the process lives, `/readyz` tells what is missing."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok")

    @blueprint.get("/readyz")
    def readyz() -> tuple[Response, int]:
        checks = {
            "database": _works(lambda: _current(runtime)),
            "redis": _works(lambda: bool(runtime.redis.ping())),
        }
        return jsonify(checks), 200 if all(checks.values()) else 503

    return blueprint


def _current(runtime: Runtime) -> bool:
    with runtime.engine.connect() as connection:
        return schema.is_current(connection)


def _works(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (SQLAlchemyError, RedisError):
        return False

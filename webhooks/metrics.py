"""Figures for a monitoring system, in Prometheus' text format: counts alone, about nobody.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Response
from sqlalchemy import Connection

from bot.messaging.sending import acts
from bot.messaging.sending.backlog import LOOK_BACK_DAYS, Backlog, Queue, backlog
from bot.runtime import Runtime
from bot.store.session import transact

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# Of Backlog: what waits at this moment, each with its count and the age of the oldest.
QUEUES = ("unanswered", "unsent", "people", "held")


def door(runtime: Runtime) -> Blueprint:
    """`/metrics`: the queues of this moment, and what became of the last seven days' messages."""
    blueprint = Blueprint("metrics", __name__)

    @blueprint.get("/metrics")
    def metrics() -> Response:
        lines = transact(runtime.engine, lambda connection: list(_lines(connection)))
        return Response("\n".join(lines) + "\n", content_type=CONTENT_TYPE)

    return blueprint


def _lines(connection: Connection) -> Iterator[str]:
    left = backlog(connection)
    resent = acts.count(connection, "resend", LOOK_BACK_DAYS * 24 * 3600)
    week = f"of the last {LOOK_BACK_DAYS} days"
    yield from _gauge("henji_inbound_messages", f"Texts {week}", "status", left.inbound)
    yield from _gauge("henji_outbound_messages", f"Messages {week}", "status", left.outbound)
    failures = {code or "none": count for code, count in left.failures.items()}
    yield from _gauge("henji_failed_messages", f"Failed messages {week}", "error_code", failures)
    yield from _gauge("henji_resent_messages", f"Sent again, the answer lost, {week}", "", resent)
    waiting = {name: queue.count for name, queue in _queues(left)}
    yield from _gauge("henji_waiting", "What waits now", "queue", waiting)
    oldest = {name: queue.oldest.total_seconds() for name, queue in _queues(left)}
    yield from _gauge("henji_waiting_seconds", "How long the oldest has", "queue", oldest)


def _queues(left: Backlog) -> Iterator[tuple[str, Queue]]:
    return ((name, getattr(left, name)) for name in QUEUES)


def _gauge(name: str, what: str, label: str, value: float | Mapping[Any, float]) -> Iterator[str]:
    """The lines of one figure; with a label's name, one line for each of its values."""
    yield f"# HELP {name} {what}."
    yield f"# TYPE {name} gauge"
    if not isinstance(value, Mapping):
        yield f"{name} {value}"
        return
    for of, number in value.items():
        yield f'{name}{{{label}="{of}"}} {number}'

"""One JSON line per event on stderr; never a text, a whole number, a name or a token."""

import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger


def _where_it_failed(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The kind and place of an error without its message, which may quote a person's words."""
    error = event.pop("exc_info", None)
    error = sys.exception() if error is True else error
    error = error[1] if isinstance(error, tuple) else error
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        event["exception"] = type(error).__name__
        event["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


BEFORE: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _where_it_failed,
]
AS_JSON = structlog.processors.JSONRenderer(ensure_ascii=False)


def configure() -> None:
    """Set up logging for a process; libraries are heard from warnings on, in the same form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=BEFORE,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, AS_JSON],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    structlog.configure(
        processors=[*BEFORE, AS_JSON],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


@contextmanager
def aside() -> Iterator[None]:
    """For a command that prints a report of its own: warnings and errors, and those to stderr."""
    before = structlog.get_config()
    structlog.configure(
        processors=[*BEFORE, AS_JSON],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    try:
        yield
    finally:
        structlog.configure(**before)

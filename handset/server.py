"""Serving the handset: werkzeug's threaded server, because faults must reset a connection and no
other WSGI server lets an app reach its socket."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from handset.app import create_app
from handset.courier import Courier
from handset.runtime import Runtime
from handset.settings import Settings

# Connections that may wait to be taken when hundreds of them arrive at once.
_BACKLOG = 512
_POLL_SECONDS = 0.02


class _Quiet(WSGIRequestHandler):
    """Logs no requests: their addresses hold phone numbers."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def running(settings: Settings) -> Iterator[str]:
    """Serve on a free port of settings.host while the block runs; gives the base URL, no slash."""
    with serving(replace(settings, port=0, url="")) as url:
        yield url


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """Serve as the settings say while the block runs, then stop within about a second.

    Raises OSError when the port is taken, SettingError when the people cannot be read.
    """
    with socket.create_server((settings.host, settings.port), backlog=_BACKLOG) as listener:
        settings = _addressed(settings, listener)
        app = create_app(settings)
        server = ThreadedWSGIServer(settings.host, settings.port, app, _Quiet, fd=listener.fileno())
        with _working(app.extensions["handset"]), _listening(server):
            yield settings.url


def _addressed(settings: Settings, listener: socket.socket) -> Settings:
    port = listener.getsockname()[1]
    return replace(settings, port=port, url=settings.url or f"http://{settings.host}:{port}")


@contextmanager
def _working(runtime: Runtime) -> Iterator[None]:
    courier = Courier(runtime)
    courier.start()
    try:
        yield
    finally:
        courier.stop()
        runtime.store.close()
        runtime.news.ring()


@contextmanager
def _listening(server: ThreadedWSGIServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()

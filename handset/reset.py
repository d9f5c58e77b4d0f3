"""An answer that is none: the connection is reset, as when a carrier's machine dies mid-request."""

import socket
import struct
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# Linger on, for 0 seconds: closing sends RST instead of FIN.
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class ConnectionReset(Response):
    """Return it from a view under a werkzeug server, the only one that hands out its socket."""

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Reset the connection, then raise ConnectionResetError, which the server passes over."""
        connection: socket.socket | None = environ.get("werkzeug.socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            # Detached, because the server's own close would say goodbye properly first.
            socket.close(connection.detach())
        raise ConnectionResetError("reset on purpose")

"""GET /events: every text as it is written, sent and delivered, as server-sent events."""

import json
from collections.abc import Iterator

from flask import Blueprint, Response, request

from handset import messages
from handset.phone_api import view
from handset.runtime import Runtime, current
from handset.store import StoreClosedError

events = Blueprint("events", __name__)

# Often enough to notice a browser that went away, seldom enough not to matter.
_HEARTBEAT = 15.0
_AT_ONCE = 200


@events.get("/events")
def stream() -> Response:
    """Events "message" after revision ?since= or Last-Event-ID, or from now; data as /phone has."""
    runtime = current()
    written = request.headers.get("Last-Event-ID") or request.args.get("since", "")
    with runtime.store.transaction() as db:
        since = int(written) if written.isdecimal() else messages.revision(db)
    return Response(
        _told(runtime, since),
        mimetype="text/event-stream",
        headers={"Cache-Control": "no-store"},
    )


def _told(runtime: Runtime, since: int) -> Iterator[str]:
    # Sent at once, so that the browser knows that it is connected; it comes back after a second.
    yield "retry: 1000\n\n"
    try:
        while True:
            heard = runtime.news.rings
            with runtime.store.transaction() as db:
                found = messages.changed(db, since, _AT_ONCE)
            for message in found:
                since = message.revision
                yield f"id: {since}\nevent: message\ndata: {json.dumps(view(message))}\n\n"
            if not found:
                runtime.news.wait(heard, _HEARTBEAT)
                yield ":\n\n"
    except StoreClosedError:
        return

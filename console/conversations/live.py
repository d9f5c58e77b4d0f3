"""New messages without reloading: a stream of events, and the same for who asks by itself."""

import contextlib
import json
import queue
import time
from collections.abc import Iterator

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from bot.overview.written import moment_of
from bot.staff.departments import Scope
from console import visitor
from console.conversations.watch import Watch, changed
from console.screens import Screens

# After this a browser comes again, and shows again who it is.
LASTS_S = 50.0
ALIVE_EVERY_S = 5.0
AGAIN_AFTER_MS = 200


def stream(watch: Watch) -> ResponseReturnValue:
    """Server-sent events, each with the ids of conversations that changed; 204 without room."""
    waiting = contextlib.ExitStack()
    mine = waiting.enter_context(watch.wait(visitor.current().scope))
    if mine is None:
        waiting.close()
        return Response(status=204)  # ends an EventSource; its page asks by itself then
    answer = Response(_events(mine), mimetype="text/event-stream")
    answer.call_on_close(waiting.close)
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _events(mine: "queue.SimpleQueue[list[int]]") -> Iterator[str]:
    until = time.monotonic() + LASTS_S
    yield f"retry: {AGAIN_AFTER_MS}\n\n"
    while time.monotonic() < until:
        try:
            ids = mine.get(timeout=ALIVE_EVERY_S)
        except queue.Empty:
            yield ": alive\n\n"
        else:
            yield f"event: changed\ndata: {json.dumps({'ids': ids})}\n\n"


def changes(screens: Screens) -> ResponseReturnValue:
    """What changed since a moment, which the last answer named."""
    scope: Scope = visitor.current().scope
    with screens.runtime.engine.connect() as connection:
        latest, ids = changed(connection, scope, moment_of(request.args.get("since", "")))
    return jsonify({"ids": ids, "since": latest.isoformat()})

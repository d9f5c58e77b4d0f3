"""The phone's API, for the page and for scripts: send a text, read a phone, know the people."""

import re
from datetime import UTC, datetime

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from bot.text import phone, segments
from handset import carrier, errands, journal, messages
from handset.messages import Direction, Draft, Message, Status
from handset.runtime import current
from handset.submission import LONGEST_BODY

api = Blueprint("phone_api", __name__, url_prefix="/phone")

_MOST_SHOWN = 500
_MOST_OTHERS = 20
_SID = re.compile("(SM|MM)[0-9a-f]{32}")
_TICKS = {
    Status.ACCEPTED: "sending",
    Status.QUEUED: "sending",
    Status.RECEIVING: "sent",
    Status.SENT: "sent",
    Status.RECEIVED: "delivered",
    Status.DELIVERED: "delivered",
    Status.UNDELIVERED: "failed",
    Status.FAILED: "failed",
}


def view(message: Message) -> dict[str, object]:
    """A text as a phone shows it; `tick` is sending, sent, delivered or failed."""
    return {
        "id": message.id,
        "revision": message.revision,
        "sid": message.sid,
        "number": message.number,
        "direction": message.direction,
        "from": message.sender,
        "to": message.recipient,
        "body": message.body,
        "status": message.status,
        "tick": _TICKS[message.status],
        "error_code": message.error_code,
        "characters": len(message.body),
        "encoding": message.encoding,
        "segments": message.segments,
        "created": datetime.fromtimestamp(message.created, UTC).isoformat(timespec="milliseconds"),
    }


@api.post("/texts")
def send() -> ResponseReturnValue:
    """Send {"from", "body"} and, if wished, "to" and "sid" to the bot: 201 and the message.

    Numbers may be in any notation; `to` is the company's unless given. A SID that is known
    already has its webhook made once more, as carriers sometimes do.
    """
    return jsonify(view(carrier.receive(current(), _draft(request.get_json())))), 201


@api.get("/messages")
def of_number() -> ResponseReturnValue:
    """{"messages": [...]} of ?number=, oldest first, those with an id above ?after=."""
    number = phone.parse(request.args.get("number", "")) or abort(400, "number is none")
    after = request.args.get("after", 0, int)
    with current().store.transaction() as db:
        found = messages.of_number(db, number, after, _MOST_SHOWN)
    return jsonify(messages=[view(message) for message in found])


@api.get("/people")
def people() -> ResponseReturnValue:
    """{"people": [...]}: the seeded ones in their order, then other numbers that wrote, each with
    its last text; `name`, `language` and `code` are null for the others."""
    with current().store.transaction() as db:
        last = {message.number: message for message in messages.latest(db, _MOST_OTHERS)}
    seeded = {person.number: vars(person) for person in current().people}
    nobody = {"name": None, "language": None, "code": None}
    everyone = seeded | {n: nobody | {"number": n} for n in last if n not in seeded}
    return jsonify(
        people=[
            person | {"last": view(last[number]) if number in last else None}
            for number, person in everyone.items()
        ]
    )


@api.get("/number")
def number() -> ResponseReturnValue:
    """{"number": E.164} of ?written= in any notation, or 400."""
    return jsonify(number=phone.parse(request.args.get("written", "")) or abort(400, "no number"))


@api.post("/size")
def size() -> ResponseReturnValue:
    """{"characters", "encoding", "segments", "units"} of the {"body"} being written."""
    body = _body(request.get_json())
    return jsonify({"characters": len(body)} | vars(segments.count(body)))


@api.get("/changes")
def changes() -> ResponseReturnValue:
    """{"messages": [...]} new or changed after revision ?since=, for browsers without /events."""
    since = request.args.get("since", 0, int)
    with current().store.transaction() as db:
        found = messages.changed(db, since, _MOST_SHOWN)
    return jsonify(messages=[view(message) for message in found])


@api.get("/journal")
def entries() -> ResponseReturnValue:
    """{"entries": [...], "pending"} of the journal after id ?after=, oldest first, at most ?limit=;
    `pending` counts the requests to the bot that are still to be made."""
    after = request.args.get("after", 0, int)
    limit = min(request.args.get("limit", _MOST_SHOWN, int), _MOST_SHOWN)
    with current().store.transaction() as db:
        found, pending = journal.read(db, after, limit), errands.pending(db)
    return jsonify(entries=[vars(entry) for entry in found], pending=pending)


def _draft(wish: object) -> Draft:
    fields = wish if isinstance(wish, dict) else {}
    sender = phone.parse(str(fields.get("from", "")))
    recipient = phone.parse(str(fields.get("to") or current().settings.number))
    body, sid = _body(fields), fields.get("sid")
    if sender is None or recipient is None:
        abort(400, "from and to must be phone numbers")
    if not body:
        abort(400, "body must be a text")
    if sid is not None and not _SID.fullmatch(str(sid)):
        abort(400, "sid must be SM and 32 hexadecimal digits")
    return Draft(Direction.INBOUND, sender, recipient, body, Status.RECEIVING, sid)


def _body(wish: object) -> str:
    body = wish.get("body") if isinstance(wish, dict) else None
    if not isinstance(body, str) or len(body) > LONGEST_BODY:
        abort(400, f"body must be a text of at most {LONGEST_BODY} characters")
    return body

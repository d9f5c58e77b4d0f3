"""What goes wrong with a create before the message is accepted, and after it."""

import json
import time
from collections.abc import Callable, Iterator, Mapping

from flask import Response, request

from handset import refusals
from handset.faults import Fault
from handset.reset import ConnectionReset
from handset.runtime import current

_REFUSED = {
    Fault.THROTTLE: refusals.THROTTLED,
    Fault.BUSY: refusals.BUSY,
    Fault.ERROR_BEFORE_ACCEPT: refusals.SERVER_ERROR,
}
_PAGE = "<html><body>502 Bad Gateway</body></html>"


def before() -> Response | None:
    """What the sender gets instead of being heard."""
    faults = current().faults
    for fault, refusal in _REFUSED.items():
        if faults.strikes(fault):
            return _refused(refusal)
    if faults.strikes(Fault.HOLD_BEFORE_ACCEPT):
        return _held(Fault.HOLD_BEFORE_ACCEPT)
    if faults.strikes(Fault.HANG_BEFORE_ACCEPT):
        return _hung()
    if faults.strikes(Fault.ACCEPT_LATE):
        _hang()
    return ConnectionReset() if faults.strikes(Fault.RESET_BEFORE_ACCEPT) else None


def after(answer: Response) -> Response:
    """What the sender of an accepted message gets: its answer, or something else."""
    for fault, instead in _INSTEAD.items():
        if current().faults.strikes(fault):
            return instead(answer)
    return answer


def _refused(refusal: refusals.Refusal) -> Response:
    response = refusal.response()
    if refusal is refusals.THROTTLED:
        response.headers["Retry-After"] = str(current().faults.plan.retry_after)
    return response


def _hang() -> None:
    time.sleep(current().faults.plan.hang_ms / 1000)


def _hung(_: Response | None = None) -> Response:
    _hang()
    return ConnectionReset()


def _hold(fault: Fault) -> None:
    current().holds.hold(request.environ["REMOTE_PORT"], fault)


def _held(fault: Fault) -> Response:
    _hold(fault)
    return ConnectionReset()


def _answered_when_released(answer: Response) -> Response:
    _hold(Fault.HOLD_ANSWER)
    return answer


def _reset(_: Response) -> Response:
    return ConnectionReset()


def _truncated(answer: Response) -> Response:
    whole = answer.get_data()
    return _in_pieces(answer, iter([whole[: len(whole) // 2]]), len(whole))


def _trickled(answer: Response) -> Response:
    whole = answer.get_data()
    pause = current().faults.plan.hang_ms / 1000 / len(whole)
    return _in_pieces(answer, _slowly(whole, pause), len(whole))


def _slowly(whole: bytes, pause: float) -> Iterator[bytes]:
    for byte in whole:
        time.sleep(pause)
        yield bytes([byte])


def _in_pieces(answer: Response, pieces: Iterator[bytes], announced: int) -> Response:
    """An answer of a stated length, after which the connection is closed, whole or not."""
    headers = {"Content-Length": str(announced), "Connection": "close"}
    return Response(pieces, answer.status, headers, mimetype=answer.mimetype)


_INSTEAD: Mapping[Fault, Callable[[Response], Response]] = {
    Fault.HOLD_AFTER_ACCEPT: lambda _: _held(Fault.HOLD_AFTER_ACCEPT),
    Fault.HOLD_ANSWER: _answered_when_released,
    Fault.HANG_AFTER_ACCEPT: _hung,
    Fault.ERROR_AFTER_ACCEPT: lambda _: refusals.SERVER_ERROR.response(),
    Fault.RESET_AFTER_ACCEPT: _reset,
    Fault.TRUNCATED: _truncated,
    Fault.TRICKLED: _trickled,
    Fault.UNREADABLE: lambda _: Response(_PAGE, 201),
    Fault.NO_SID: lambda _: Response(json.dumps({}), 201, mimetype="application/json"),
}

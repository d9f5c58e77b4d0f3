"""GET, PUT and DELETE /faults: look at the faults, switch some of them on, switch all off."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from handset.faults import Fault, FaultError, Plan
from handset.runtime import current

faults = Blueprint("faults", __name__)


@faults.get("/faults")
def show() -> ResponseReturnValue:
    """All faults: numbers, the blocked list, and {"next", "rate"} for each fault by name."""
    return _json(current().faults.plan)


@faults.put("/faults")
def change() -> ResponseReturnValue:
    """Change the faults named in a JSON object; 400 says what cannot be understood."""
    wishes = request.get_json()
    if not isinstance(wishes, dict):
        return {"error": "faults must be a JSON object"}, 400
    try:
        return _json(current().faults.change(wishes))
    except FaultError as refused:
        return {"error": str(refused)}, 400


@faults.delete("/faults")
def reset() -> ResponseReturnValue:
    """Switch every fault off."""
    return _json(current().faults.reset())


def _json(plan: Plan) -> dict[str, object]:
    chances = {fault.value: vars(plan.chance(fault)) for fault in Fault}
    numbers = {"latency_ms": plan.latency_ms, "late_ms": plan.late_ms}
    return (
        numbers
        | {
            "retry_after": plan.retry_after,
            "blocked": sorted(plan.blocked),
        }
        | chances
    )

"""GET, PUT and DELETE /faults: look at the faults, switch some of them on, switch all off.

GET /faults/held and POST /faults/release are for what the HOLD faults hold.
"""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from handset.faults import MEASURES, Fault, FaultError, Plan
from handset.runtime import current

faults = Blueprint("faults", __name__)


@faults.get("/faults")
def show() -> ResponseReturnValue:
    """All faults: numbers, who is refused, and {"next", "rate"} for each fault by name."""
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


@faults.get("/faults/held")
def held() -> ResponseReturnValue:
    """{"held": [port, ...]}: where the held requests came from, as soon as there is one; none
    after ?within= seconds. ?fault= asks for those that one fault holds."""
    within, fault = request.args.get("within", 0.0, float), request.args.get("fault")
    return {"held": current().holds.held(within, fault)}


@faults.post("/faults/release")
def release() -> ResponseReturnValue:
    """Let go of every request that is held, or that ?fault= holds."""
    current().holds.release(request.args.get("fault"))
    return {}


def _json(plan: Plan) -> dict[str, object]:
    return {
        **{name: getattr(plan, name) for name in MEASURES},
        "blocked": sorted(plan.blocked),
        "refused": dict(plan.refused),
        **{fault.value: vars(plan.chance(fault)) for fault in Fault},
    }

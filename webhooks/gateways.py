"""The doors for payment gateways, one each: verify, read, settle, answer."""

from functools import partial

import structlog
from flask import Blueprint, Response, abort, request

from bot.errors import ForgedNotice
from bot.payments import settlement
from bot.payments.gateways import Gateway
from bot.runtime import Runtime

log = structlog.get_logger(__name__)


def door(runtime: Runtime) -> Blueprint:
    """`POST /webhooks/<gateway>` for every gateway that is set up."""
    blueprint = Blueprint("gateways", __name__, url_prefix="/webhooks")
    for name, gateway in runtime.gateways.items():
        view = partial(notice, runtime, gateway)
        blueprint.add_url_rule(f"/{name}", name, view, methods=["POST"])
    return blueprint


def notice(runtime: Runtime, gateway: Gateway) -> Response:
    """A notice: refused where it is forged, otherwise kept and settled before we say so."""
    try:
        event = gateway.read(request.get_data(), dict(request.headers))
    except ForgedNotice as error:
        log.warning("payment.forged", gateway=gateway.name, error=str(error))
        abort(403)
    if event is None:
        log.info("payment.ignored", gateway=gateway.name)
        return Response(status=200)
    settlement.settle(runtime, event)
    return Response(status=200)

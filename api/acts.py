"""What a request does: each act has its transaction, and converts in and out."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from sqlalchemy import Connection

from api import bodies
from api.refusal import Refusal
from bot.compliance import status as standing
from bot.compliance.ledger import Method
from bot.dialogue.consent import Step
from bot.messaging import look_ups
from bot.messaging.consent import records
from bot.messaging.consent.orders import Order
from bot.messaging.look_ups import Checked
from bot.messaging.sending import verdicts
from bot.runtime import Runtime
from bot.text import mask
from bot.text.whole import LARGEST_ID

STEPS = {bodies.Answer.GRANTED: Step.GRANT, bodies.Answer.REFUSED: Step.REFUSE}


@dataclass(frozen=True)
class Call:
    """One request in its transaction: by whom, with what, and what was found out before it."""

    connection: Connection
    runtime: Runtime
    actor: str
    body: Any = None
    found: Any = None
    message: int = 0


def record_consent(call: Call) -> bodies.Recorded:
    """Record consent or a refusal that was given outside of Henji."""
    body: bodies.ConsentBody = call.body
    order = Order(
        Method(body.method),
        call.actor,
        f"recorded by API: {body.method}",
        tuple(dict.fromkeys(body.purposes)),
        body.basis,
        body.obtained_on,
        bodies.sealed(body.evidence),
    )
    runtime, step = call.runtime, STEPS[body.answer]
    taken = records.record(
        call.connection, runtime.settings, runtime.vault, body.sender, body.number, order, step
    )
    stands = [bodies.Stands(purpose=one.purpose or "", state=one.consent) for one in taken]
    return bodies.Recorded(number=mask.number(body.number), purposes=stands)


def stop(call: Call) -> bodies.Stopped:
    """Stop messages at a person's wish."""
    body: bodies.OptOutBody = call.body
    keys = (body.purpose,) if body.purpose else ()
    rule, proof = f"asked through API: {body.method}", bodies.sealed(body.evidence)
    order = Order(Method(body.method), call.actor, rule, keys, evidence=proof)
    records.stop(call.connection, call.runtime, body.sender, body.number, order)
    return bodies.Stopped(number=mask.number(body.number), purpose=body.purpose)


def tell_status(call: Call) -> bodies.Status:
    """Where a number stands, and why."""
    number: str = call.body.number
    found = standing.of_number(call.connection, number)
    return bodies.Status(
        number=mask.number(number),
        stopped=any(one.purpose is None for one in found.stops),
        consents=[bodies.AgreedTo.model_validate(one) for one in found.agreed],
        stops=[bodies.Stop.model_validate(one) for one in found.stops],
        holds=[bodies.Hold.model_validate(one) for one in found.holds],
    )


def look_up(runtime: Runtime, body: bodies.StatusBody) -> Checked:
    """Ask the provider about a number; before the transaction, which would wait for its answer."""
    return look_ups.check(runtime, body.number)


def tell_look_up(call: Call) -> bodies.LookedUp:
    """What the provider knew, and what was held for it."""
    found: Checked = call.found
    return bodies.LookedUp(
        number=mask.number(call.body.number),
        line=found.status.line,
        reassigned=found.status.reassigned,
        held=found.held,
    )


def tell_verdict(call: Call) -> bodies.Verdict:
    """Why a message was sent, or was not."""
    row = verdicts.explain(call.connection, call.message) if call.message <= LARGEST_ID else None
    if row is None:
        raise Refusal(HTTPStatus.NOT_FOUND, "There is no such message.")
    told = row._asdict()
    reasons = told.pop("verdict_reasons") or []
    return bodies.Verdict(message=call.message, reasons=reasons, **told)

"""What the bot submits to be sent: the parameters of a create, checked in Twilio's order."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from bot.text import phone
from handset import refusals
from handset.faults import Plan
from handset.messages import Direction, Draft, Status
from handset.refusals import Refusal

LONGEST_BODY = 1600


def read(form: Mapping[str, str], own_number: str, plan: Plan) -> Draft | Refusal:
    """The text to send, or why it is refused; `own_number` is the only sender there is."""
    recipient = _number(form.get("To", ""))
    refusal = (
        _refused_recipient(form.get("To", ""), recipient)
        or _refused_sender(form, own_number)
        or _refused_text(form)
    )
    if refusal is not None or recipient is None:
        return refusal or refusals.BAD_TO
    if recipient in plan.blocked:
        return refusals.OPTED_OUT
    if recipient in plan.refused:
        return refusals.OF_NUMBERS[plan.refused[recipient]]
    service = form.get("MessagingServiceSid") or None
    return Draft(
        direction=Direction.OUTBOUND,
        sender=own_number,
        recipient=recipient,
        body=form["Body"],
        status=Status.ACCEPTED if service else Status.QUEUED,
        service=service,
        callback=form.get("StatusCallback") or None,
    )


def _number(written: str) -> str | None:
    return phone.parse(written) if written.strip().startswith("+") else None


def _refused_recipient(written: str, recipient: str | None) -> Refusal | None:
    if not written.strip():
        return refusals.TO_MISSING
    return refusals.BAD_TO if recipient is None else None


def _refused_sender(form: Mapping[str, str], own_number: str) -> Refusal | None:
    written = form.get("From", "").strip()
    if not written:
        return None if form.get("MessagingServiceSid") else refusals.FROM_MISSING
    sender = _number(written)
    if sender is None:
        return refusals.BAD_FROM
    return None if sender == own_number else refusals.FROM_NOT_OURS


def _refused_text(form: Mapping[str, str]) -> Refusal | None:
    body, callback = form.get("Body", ""), form.get("StatusCallback")
    if not body:
        return refusals.BODY_MISSING
    if len(body) > LONGEST_BODY:
        return refusals.BODY_TOO_LONG
    return refusals.BAD_CALLBACK if callback and not _is_address(callback) else None


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    # Twilio refuses host names with an underscore.
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "_" not in parts.netloc

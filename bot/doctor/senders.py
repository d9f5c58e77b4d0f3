"""Whether the registered senders can do their work, and whether anything reaches the others."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from bot.doctor.finding import Finding, bad, good
from bot.messaging.sending.backlog import LOOK_BACK_DAYS, heard_by_number
from bot.senders.registry import everyone
from bot.senders.sender import Approval, Inbound, Sender
from bot.settings import Settings
from bot.text import mask


def findings(connection: Connection, settings: Settings) -> Iterator[Finding]:
    """Which senders there are, and what keeps any of them from its work."""
    senders = everyone(connection, settings)
    yield _registered(senders, settings)
    heard = heard_by_number(connection)
    for sender in senders:
        yield from map(bad, _troubles(sender, heard))
        if sender.in_service and sender.inbound is Inbound.DROP and sender.company.support_phone:
            yield good(f"Replies to {_shown(sender)} are dropped: people can stop by telephone.")


def _registered(senders: list[Sender], settings: Settings) -> Finding:
    ours, numbers = settings.HENJI_SENDER, [sender.number for sender in senders]
    if not numbers and not ours:
        return bad("No sender number is registered: set HENJI_SENDER.")
    if not numbers:
        return good("HENJI_SENDER will be registered when the first process starts.")
    shown = ", ".join(map(mask.number, numbers))
    if ours and ours not in numbers:
        return bad(f"HENJI_SENDER has no effect: other sender numbers are registered: {shown}.")
    if not any(sender.in_service for sender in senders):
        return bad(f"No sender is in use: henji senders enable one of {shown}.")
    return good(f"Sender numbers: {shown}.")


def _troubles(sender: Sender, heard: Mapping[str, int]) -> Iterator[str]:
    shown, texts = _shown(sender), heard.get(sender.number, 0)
    lately = f"texts reached it in the last {LOOK_BACK_DAYS} days: {texts}"
    if sender.retired_at and texts:
        yield f"The sender {shown} is retired, yet {lately}. They were kept and answered."
    if not sender.in_service:
        return
    if sender.approval is not Approval.APPROVED:
        yield f"The sender {shown} is in use, but its approval is only {sender.approval}."
    if sender.inbound is Inbound.DROP and texts:
        yield f"The sender {shown} is to drop replies, yet {lately}: clear its webhook."
    if sender.inbound is Inbound.DROP and not sender.company.support_phone:
        yield f"The sender {shown} drops replies and names no telephone: nobody can stop it."


def _shown(sender: Sender) -> str:
    return mask.number(sender.number)

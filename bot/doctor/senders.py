"""Whether the registered senders can do their work, and whether anything reaches the others."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from bot.app import load_scripts
from bot.doctor.finding import Finding, bad, good
from bot.errors import HenjiError
from bot.messaging.sending.backlog import LOOK_BACK_DAYS, heard_by_number
from bot.scripts.checker import replies
from bot.senders.number import is_name
from bot.senders.registry import everyone
from bot.senders.sender import Approval, Inbound, Route, Sender
from bot.settings import Settings
from bot.text import mask
from bot.text.counted import counted

SHOWN = 3


def findings(connection: Connection, settings: Settings) -> Iterator[Finding]:
    """Which senders there are, and what keeps any of them from its work."""
    senders = everyone(connection, settings)
    yield _registered(senders, settings)
    heard = heard_by_number(connection)
    for sender in senders:
        yield from map(bad, _troubles(sender, heard))
        if sender.in_service:
            yield from _reached(sender, settings)
            yield from _asking(sender, settings)


def _reached(sender: Sender, settings: Settings) -> Iterator[Finding]:
    """How texts and stops reach us; no setting turns a stop off."""
    shown = _shown(sender)
    if sender.inbound is Inbound.DROP and sender.company.support_phone:
        yield good(f"Replies to {shown} are dropped: people can stop by telephone.")
    elif address := sender.webhook(settings):
        ways = ", ".join(sender.ways_to_stop)
        yield good(f"STOP is heard for {shown}, by {ways}; its texts must come to {address}.")


def _asking(sender: Sender, settings: Settings) -> Iterator[Finding]:
    """Scripts that leave people no way but a reply, where it costs them dearly or reaches nobody.

    Where replies are dropped nobody is answered, so that none of them leaves by itself.
    """
    dropped = sender.inbound is Inbound.DROP
    if not dropped and sender.route is not Route.INTERNATIONAL:
        return
    keys = _that_need_reply(settings)
    if not keys:
        return
    some = f"{counted(len(keys), 'script')}, such as {', '.join(keys[:SHOWN])}"
    does = "asks for a reply and offers" if len(keys) == 1 else "ask for a reply and offer"
    asks = f"{does} neither a link nor a telephone number"
    if dropped:
        yield good(f"Send none of these from {_shown(sender)}: {some}, {asks}.")
    else:
        yield bad(f"A reply to {_shown(sender)} goes abroad and costs more, yet {some}, {asks}.")


def _that_need_reply(settings: Settings) -> list[str]:
    try:
        return list(replies.that_need_reply(load_scripts(settings).scripts))
    except HenjiError:
        return []  # told where the flows are examined


def _registered(senders: list[Sender], settings: Settings) -> Finding:
    ours, numbers = settings.HENJI_SENDER, [sender.number for sender in senders]
    if not numbers and not ours:
        return bad("No sender number is registered: set HENJI_SENDER.")
    if not numbers:
        return good("HENJI_SENDER will be registered when the first process starts.")
    shown = ", ".join(map(_shown, senders))
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
    return sender.number if is_name(sender.number) else mask.number(sender.number)

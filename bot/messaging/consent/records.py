"""What staff and the company's own systems record: consent from elsewhere, refusals and stops."""

from sqlalchemy import Connection

from bot.compliance import ledger
from bot.compliance.standing import Changed
from bot.dialogue.consent import Step
from bot.dialogue.effects import Consent
from bot.errors import ConsentRefused
from bot.messaging.consent import orders
from bot.messaging.consent.orders import Order
from bot.runtime import Runtime
from bot.senders import registry
from bot.setting_types import OptOutScope
from bot.settings import Settings
from bot.store.crypto import Vault

STAYS_STOPPED = "They stopped messages, and only START from their own number lifts that."
SAID_NO_LATER = "They refused or stopped on that day or later; that no counts."


def record(
    connection: Connection,
    settings: Settings,
    vault: Vault,
    sender: str | None,
    number: str,
    order: Order,
    step: Step = Step.GRANT,
) -> list[Changed]:
    """Record for a number (E.164) what was given or refused; returns where its purposes stand.

    `sender` is one of ours in any notation; None where there is but one to choose. Raises
    SenderRefused, and ConsentRefused, with nothing written, where the person's own no wins.
    """
    ours = registry.choose(connection, settings, sender)
    row = orders.reach(connection, ours, number)
    taken, entries = orders.enter(connection, settings, row, order, step)
    if not taken:
        raise ConsentRefused(SAID_NO_LATER)
    if all(one.consent is Consent.STOPPED for one in taken):
        raise ConsentRefused(STAYS_STOPPED)
    ledger.append(connection, vault, entries)
    return taken


def stop(
    connection: Connection, runtime: Runtime, sender: str | None, number: str, order: Order
) -> None:
    """Stop messages to a number (E.164) from a sender of ours on; without one from all of them.

    Raises SenderRefused for one that is not ours.
    """
    settings = runtime.settings
    if sender is not None:
        senders = [registry.choose(connection, settings, sender)]
    else:
        senders = registry.numbers(connection, settings)
        if settings.HENJI_OPTOUT_SCOPE is OptOutScope.ALL:
            senders = senders[:1]
    orders.stop_from(connection, runtime, senders, number, order)

"""The registry's acts: register, change, enable and retire senders, each in one transaction."""

from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.errors import SenderRefused, SettingError
from bot.senders import details as told
from bot.senders import number as notation
from bot.senders.company import Company
from bot.senders.sender import Approval, Details, Inbound, Route, Sender
from bot.settings import Settings
from bot.store.columns import utc_now
from bot.store.session import insert
from bot.store.tables import senders
from bot.text.language import Language


def register_first(connection: Connection, settings: Settings) -> None:
    """Make HENJI_SENDER our sender if there is none; SettingError if it is not set.

    Who names a number there sends from it already: it counts as approved and enabled, with or
    without a legal name, which the doctor asks for.
    """
    if connection.execute(select(senders.c.id).limit(1)).first():
        return
    if settings.HENJI_SENDER is None:
        wanted = Settings.model_fields["HENJI_SENDER"].description
        raise SettingError(f"HENJI_SENDER is missing: it must be {wanted}.")
    row = insert(connection, senders).values(
        number=settings.HENJI_SENDER, approval=Approval.APPROVED, enabled_at=utc_now()
    )
    connection.execute(row.on_conflict_do_nothing(index_elements=["number"]))


def everyone(connection: Connection, settings: Settings) -> list[Sender]:
    """Every sender, in the order in which they were registered."""
    rows = connection.execute(select(senders).order_by(senders.c.id))
    return [_sender(row, settings) for row in rows]


def numbers(connection: Connection, settings: Settings) -> list[str]:
    """The numbers of every sender, retired ones too, in the order in which they were registered."""
    register_first(connection, settings)
    return list(connection.execute(select(senders.c.number).order_by(senders.c.id)).scalars())


def choose(connection: Connection, settings: Settings, written: str | None) -> str:
    """The number of the sender that is meant; without one HENJI_SENDER, or the only one in service.

    Raises SenderRefused for one that is not registered, and where there are several to choose from.
    """
    ours = numbers(connection, settings)
    if written is not None:
        number = notation.read(written)
        if number not in ours:
            raise _unknown(number)
        return number
    serving = [one.number for one in everyone(connection, settings) if one.in_service]
    if settings.HENJI_SENDER in serving:
        return settings.HENJI_SENDER
    if len(serving) != 1:
        offered = ", ".join(serving) or "none"
        raise SenderRefused(f"Say which sender is meant; in service are: {offered}.")
    return serving[0]


def add(
    connection: Connection, written: str, details: Details, reason: str = "", actor: str = ""
) -> str:
    """Register a sender, not enabled yet, and return its number.

    Raises SenderRefused for one that is there, for digits that are no number, and for a name
    without a reason, which is kept with its actor. A name gets no replies.
    """
    number = notation.read(written)
    why = notation.check_override(number, reason)
    columns: dict[str, Any] = told.columns(details, {})
    if notation.is_name(number):
        columns.setdefault("inbound", Inbound.DROP)
    _check_replies(number, columns.get("inbound"))
    columns |= {"override_reason": why, "override_by": actor or None} if why else {}
    row = insert(connection, senders).values(number=number, **columns)
    once = row.on_conflict_do_nothing(index_elements=["number"]).returning(senders.c.id)
    if connection.execute(once).first() is None:
        raise SenderRefused(f"{number} is registered already: change it instead.")
    return number


def change(connection: Connection, written: str, details: Details) -> str:
    """Change what is told about a sender, and return its number; SenderRefused if unknown."""
    row = _find(connection, written)
    columns = told.columns(details, row.displays)
    _check_replies(row.number, columns.get("inbound"))
    _keep(connection, row, **columns)
    return str(row.number)


def enable(connection: Connection, settings: Settings, written: str) -> str:
    """Let a sender write to people, a retired one again, and return its number.

    Raises SenderRefused for one without a legal name, and one that the carriers refused.
    """
    row = _find(connection, written)
    sender = _sender(row, settings)
    if not sender.company.legal_name:
        raise SenderRefused(
            f"{sender.number} has no legal name: give it one, or set HENJI_LEGAL_NAME for all."
        )
    if sender.approval is Approval.REFUSED:
        raise SenderRefused(f"{sender.number} was refused by the carriers: change its approval.")
    if not sender.in_service:
        _keep(connection, row, enabled_at=utc_now(), retired_at=None)
    return sender.number


def retire(connection: Connection, written: str) -> str:
    """Take a sender out of use from now on, and return its number; SenderRefused if unknown.

    What people write to it is still kept and answered, and a STOP still holds.
    """
    row = _find(connection, written)
    if row.retired_at is None:
        _keep(connection, row, retired_at=utc_now())
    return str(row.number)


def _find(connection: Connection, written: str) -> Row[Any]:
    number = notation.read(written)
    found = select(senders).where(senders.c.number == number).with_for_update()
    row = connection.execute(found).one_or_none()
    if row is None:
        raise _unknown(number)
    return row


def _unknown(number: str) -> SenderRefused:
    return SenderRefused(f"{number} is not registered: add it first.")


def _keep(connection: Connection, row: Row[Any], **columns: Any) -> None:
    connection.execute(update(senders).where(senders.c.id == row.id).values(**columns))


def _check_replies(number: str, inbound: Inbound | None) -> None:
    if inbound is Inbound.ON and notation.is_name(number):
        raise SenderRefused(f"{number} is a name: nobody can reply to it, so its inbound is drop.")


def _sender(row: Row[Any], settings: Settings) -> Sender:
    return Sender(
        number=row.number,
        company=Company.of(
            settings,
            row.brand,
            row.brand_en,
            row.legal_name,
            row.support_phone,
            row.postal_address,
        ),
        purposes={Language.JA: row.purposes_ja, Language.EN: row.purposes_en},
        route=Route(row.route),
        inbound=Inbound(row.inbound),
        approval=Approval(row.approval),
        displays=row.displays,
        link_domains=tuple(row.link_domains),
        questions=tuple(row.questions),
        override_reason=row.override_reason,
        override_by=row.override_by,
        enabled_at=row.enabled_at,
        retired_at=row.retired_at,
    )

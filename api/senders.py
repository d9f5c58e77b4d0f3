"""What a request does to the registry of senders; each answers with the sender as it is then."""

from typing import Any

from api.acts import Call
from api.sender_bodies import DetailsBody, NewSenderBody, Sender, Senders
from bot.senders import registry
from bot.senders import sender as senders
from bot.settings import Settings
from bot.text.language import Language


def list_all(call: Call) -> Senders:
    """Every sender that was registered."""
    settings = call.runtime.settings
    found = registry.everyone(call.connection, settings)
    return Senders(senders=[_told(one, settings) for one in found])


def add(call: Call) -> Sender:
    """Register one."""
    body: NewSenderBody = call.body
    reason = body.override_reason or ""
    return _one(
        call, registry.add(call.connection, body.number, body.details(), reason, call.actor)
    )


def change(call: Call) -> Sender:
    """Change what is told about one."""
    body: DetailsBody = call.body
    return _one(call, registry.change(call.connection, body.number, body.details()))


def enable(call: Call) -> Sender:
    """Let one write to people."""
    return _one(call, registry.enable(call.connection, call.runtime.settings, call.body.number))


def retire(call: Call) -> Sender:
    """Take one out of use."""
    return _one(call, registry.retire(call.connection, call.body.number))


def _one(call: Call, number: str) -> Sender:
    settings = call.runtime.settings
    found = registry.everyone(call.connection, settings)
    return next(_told(one, settings) for one in found if one.number == number)


def _told(sender: senders.Sender, settings: Settings) -> Sender:
    company = sender.company
    same = {name: getattr(sender, name, None) for name in Sender.model_fields}
    told: dict[str, Any] = {
        **same,
        "brand": company.brand_ja,
        "brand_en": company.brand_en,
        "legal_name": company.legal_name,
        "support_phone": company.support_phone,
        "postal_address": company.postal_address,
        "purposes_ja": sender.purposes[Language.JA],
        "purposes_en": sender.purposes[Language.EN],
        "webhook": sender.webhook(settings),
    }
    return Sender(**told)

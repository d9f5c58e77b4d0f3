"""What scripts are checked against: the company of the settings, the senders of the registry."""

from collections.abc import Iterable, Mapping

from bot.scripts.checker.context import Sender as Receiver
from bot.scripts.checker.context import Surroundings
from bot.senders.company import Company
from bot.senders.domains import own_domains
from bot.senders.sender import Inbound, Route, Sender
from bot.settings import Settings
from bot.text import phone
from bot.text.language import Language

# As long as the token of a link is.
TOKEN = "x" * 12


def surroundings(settings: Settings, senders: Iterable[Sender] = ()) -> Surroundings:
    """Those of the settings and of the senders in service."""
    used = [sender for sender in senders if sender.in_service]
    companies = [Company.of(settings), *(sender.company for sender in used)]
    phones = (phone.parse(company.support_phone) for company in companies)
    domains = {domain for sender in used for domain in sender.link_domains}
    return Surroundings(
        {language: _names(settings, language) for language in Language},
        frozenset({*own_domains(settings), *domains}),
        frozenset({*filter(None, phones), *(sender.number for sender in used)}),
        tuple(_receiver(sender) for sender in used),
    )


def _names(settings: Settings, language: Language) -> Mapping[str, str]:
    """The values that are known beforehand; an empty one is left to the examples."""
    company = Company.of(settings)
    link = settings.LINK_URL or settings.PUBLIC_URL
    return {
        "brand": company.brand(language),
        "legal_name": company.legal_name,
        "support_phone": company.support_phone,
        "url": f"{link}/p/{TOKEN}" if link else "",
        "opt_out_url": f"{link}/o/{TOKEN}" if link else "",
    }


def _receiver(sender: Sender) -> Receiver:
    receives = sender.inbound is Inbound.ON
    return Receiver(sender.number, receives, sender.route is Route.INTERNATIONAL)

"""The hosts of our own links."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from bot.settings import Settings


def own_domains(settings: "Settings") -> tuple[str, ...]:
    """The hosts of the settings' addresses, that of the texts first."""
    addresses = filter(None, (settings.LINK_URL, settings.PUBLIC_URL))
    return tuple(dict.fromkeys(urlsplit(address).hostname or "" for address in addresses))

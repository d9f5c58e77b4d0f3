"""What a page can tell of whoever acts on it, for the ledger, where it is sealed."""

from collections.abc import Mapping

from flask import request

from bot.text.language import Language

LONGEST_AGENT = 300


def of_request(language: Language) -> Mapping[str, str]:
    """The address, the browser as it names itself, and the language of the page."""
    return {
        "ip": request.remote_addr or "",
        "user_agent": request.headers.get("User-Agent", "")[:LONGEST_AGENT],
        "page_language": language,
    }

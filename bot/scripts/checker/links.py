"""Where a script sends people: links and telephone numbers that are written out in it."""

import unicodedata
from collections.abc import Iterator

from bot.scripts.checker import wording
from bot.scripts.checker.context import Context
from bot.scripts.checker.finding import Finding, Severity
from bot.scripts.script import Script
from bot.scripts.sentence import Sentence
from bot.text import addresses, template

URLS = frozenset({"url", "opt_out_url"})


def links(context: Context, script: Script) -> Iterator[Finding]:
    """Public shorteners, hosts that are not ours, and more than one link."""
    hosts = list(dict.fromkeys(map(_bare, addresses.hosts(_legible(script.text)))))
    for host in hosts:
        if _shortens(host):
            words = Sentence("shortener", host=host)
            yield Finding(Severity.ERROR, "shortener", script.key, script.language, words)
        elif host not in context.surroundings.domains:
            words = Sentence("domain", host=host)
            yield Finding(Severity.ERROR, "domain", script.key, script.language, words)
    if len(hosts) + len(script.placeholders & URLS) > 1:
        words = Sentence("links")
        yield Finding(Severity.WARNING, "links", script.key, script.language, words)


def numbers(context: Context, script: Script) -> Iterator[Finding]:
    """Telephone numbers that nobody registered as ours."""
    for number in addresses.numbers(_legible(script.text)):
        if number not in context.surroundings.numbers:
            words = Sentence("number", number=number, placeholder="{support_phone}")
            yield Finding(Severity.WARNING, "number", script.key, script.language, words)


def _bare(host: str) -> str:
    """Without the Japanese that an editor wrote before it."""
    return host.lstrip("".join(char for char in host if not char.isascii()))


def _shortens(host: str) -> bool:
    return any(host == one or host.endswith(f".{one}") for one in wording.shorteners())


def _legible(text: str) -> str:
    """One width and case, as a browser reads an address, and nothing where placeholders are."""
    plain = template.render(text, dict.fromkeys(template.placeholders(text), " "))
    return unicodedata.normalize("NFKC", plain).casefold()

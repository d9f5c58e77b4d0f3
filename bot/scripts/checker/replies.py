"""Which scripts leave people no way but a reply, which may be dropped, or cost them dearly."""

import re
from collections.abc import Iterator, Mapping

from bot.scripts.script import Scripts
from bot.text import template
from bot.text.language import Language

_ASKS: Mapping[Language, re.Pattern[str]] = {
    Language.JA: re.compile(
        "ご?返信(?:(?:して)?(?:くださ|下さ|いただ|頂|ほし|欲し)|の|を|願|お願)"
        "|」(?:など)?[とを](?:お送り|送っ|ご?送信|お返事|返し)|(?:停止|ヘルプ)は「[^」]+」"
    ),
    Language.EN: re.compile(r"\b(?:[Rr]eply|[Tt]ext|[Ss]end) +(?=[\"'{A-Z])|\bSTOP\b"),
}
# What a text may offer instead: a link, or a telephone number.
OTHER_WAYS = frozenset({"url", "opt_out_url", "support_phone", "contact"})


def asks_for_reply(text: str, language: Language) -> bool:
    """Whether a script asks people to text something back."""
    return _ASKS[language].search(text) is not None


def needs_reply(text: str, language: Language) -> bool:
    """Whether it asks for that and offers neither a link nor a telephone number beside it."""
    return asks_for_reply(text, language) and not template.placeholders(text) & OTHER_WAYS


def that_need_reply(scripts: Scripts) -> Iterator[str]:
    """The keys of such scripts, in order, of those that are texts of their own."""
    keys = {
        script.key
        for script in scripts.values()
        if "{brand}" in script.text and needs_reply(script.text, script.language)
    }
    return iter(sorted(keys))

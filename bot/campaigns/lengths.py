"""How long a campaign's text may be: one segment that guides to a page, or what carriers take."""

from bot.campaigns import texts
from bot.campaigns.campaign import TextPolicy
from bot.errors import CampaignRefused
from bot.runtime import Runtime
from bot.scripts.about import Size
from bot.scripts.checker import measure
from bot.scripts.checker.context import known_values
from bot.scripts.checker.length import LONGEST
from bot.scripts.script import Script
from bot.senders.surroundings import surroundings
from bot.text import segments
from bot.text.language import Language

# What is never split: 140 octets.
ONE_SEGMENT = {"UCS-2": 70, "GSM-7": 160}
MOST = {TextPolicy.SHORT: ONE_SEGMENT, TextPolicy.LONG: LONGEST}


def check(runtime: Runtime, key: str, policy: TextPolicy) -> None:
    """CampaignRefused where a script, with usual values, is no text of a policy."""
    for language in Language:
        script = runtime.edition.scripts[key, language]
        if policy is TextPolicy.SHORT and texts.URL not in script.placeholders:
            words = f"{key} has no {{{texts.URL}}}: a short text guides to a page."
            raise CampaignRefused(words)
        if why := too_long(key, _with_usual_values(runtime, script), policy):
            raise CampaignRefused(why)


def too_long(key: str, body: str, policy: TextPolicy) -> str | None:
    """That a script, as it would leave, is longer than a policy lets it be, in a sentence; None
    where it is not."""
    said = segments.count(body)
    most = MOST[policy][said.encoding]
    if said.units <= most:
        return None
    return f"{key} has {said.units} characters, and a {policy} text has at most {most}: shorten it."


def _with_usual_values(runtime: Runtime, script: Script) -> str:
    names = known_values(runtime.edition, surroundings(runtime.settings), script.language)
    return measure.body(script, Size.TYPICAL, runtime.edition.shipped.examples, names)

"""Whether the scripts are whole: both languages, the same placeholders, a script for each state."""

from collections.abc import Iterator
from difflib import get_close_matches

from bot.dialogue.flow import DONE, START
from bot.scripts.checker.context import Context
from bot.scripts.checker.finding import Finding, Severity
from bot.scripts.edition import allowed
from bot.scripts.script import Script
from bot.scripts.sentence import Sentence, spoken
from bot.text.language import Language


def missing(context: Context) -> Iterator[Finding]:
    """Scripts without a translation, and states with nothing to say."""
    scripts = context.edition.scripts
    needed = {key for key, _ in scripts} | {
        f"{flow.name}.{state}"
        for flow in context.flows.values()
        for state in set(flow.states) - {START, DONE}
    }
    for key in sorted(needed):
        for language in Language:
            if (key, language) not in scripts:
                words = Sentence("missing_words", key=key, language=spoken(language))
                yield Finding(Severity.ERROR, "missing", key, language, words)


def placeholders(context: Context, script: Script) -> Iterator[Finding]:
    """Placeholders that nothing fills, or that the other language does not have."""
    fillable = allowed(script, context.edition.shipped.scripts)
    for name in sorted(script.placeholders - fillable):
        yield _error("placeholder", script, _unknown(name, fillable))
    for language in Language:
        twin = context.edition.scripts.get((script.key, language))
        if twin and (lacking := twin.placeholders - script.placeholders):
            told = {"placeholders": _listed(lacking), "language": spoken(language)}
            words = Sentence("translation", **told)
            yield _error("translation", script, words)


def _unknown(name: str, fillable: frozenset[str]) -> Sentence:
    near = get_close_matches(name, fillable, 1)
    if near:
        return Sentence("placeholder_near", placeholder=f"{{{name}}}", near=f"{{{near[0]}}}")
    return Sentence("placeholder_unknown", placeholder=f"{{{name}}}", known=_listed(fillable))


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))


def _error(rule: str, script: Script, words: Sentence) -> Finding:
    return Finding(Severity.ERROR, rule, script.key, script.language, words)

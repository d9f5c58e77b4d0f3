"""Every rule over an edition, or over what a draft changes in it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from bot.errors import ScriptError
from bot.scripts import shipped
from bot.scripts.checker import content, keywords, length, links, pairs, said
from bot.scripts.checker.context import Context
from bot.scripts.checker.finding import Finding, Severity
from bot.scripts.edition import keywords_with
from bot.scripts.item import intent_of
from bot.scripts.script import Script
from bot.scripts.sentence import Sentence

Rule = Callable[[Context, Script], Iterator[Finding]]

# What holds for every script, and what for those that are messages of their own.
ALWAYS: Sequence[Rule] = (pairs.placeholders, length.encoding)
MESSAGES: Sequence[Rule] = (
    length.length,
    content.sender,
    content.stop,
    content.promotional,
    content.threats,
    content.debts,
    content.replies,
    content.taught,
    links.links,
    links.numbers,
)


def check(context: Context, keys: Collection[str] | None = None) -> list[Finding]:
    """What is wrong with an edition, errors first; or only with these of its keys.

    Changed keywords are checked as a whole, and against the texts that teach them.
    """
    found = [*_whole(context, keys), *_scripts(context, keys)]
    return sorted(found, key=lambda one: (one.severity, one.rule, one.key, one.language or ""))


def unreadable(folders: Sequence[Path]) -> list[Finding]:
    """What of the files cannot even be read, each with its line."""
    found: list[Finding] = []
    try:
        shipped.collect(folders, lambda error: found.append(_refused(error)))
        shipped.keyword_lists(shipped.LOCALES)
    except ScriptError as error:
        found.append(_refused(error))
    return found


def errors(found: Sequence[Finding]) -> list[Finding]:
    """Those that keep an edition from being published."""
    return [one for one in found if one.severity is Severity.ERROR]


def _refused(error: ScriptError) -> Finding:
    return Finding(Severity.ERROR, "file", "locales", None, Sentence("as_it_is", words=error))


def _whole(context: Context, keys: Collection[str] | None) -> Iterator[Finding]:
    if keys is None:
        yield from pairs.missing(context)
        yield from said.unknown(context)
        yield from said.unsaid(context)
    if keys is None or any(map(intent_of, keys)):
        edition = context.edition
        lists = keywords_with(edition.shipped, edition.changes)
        yield from keywords.contradictions(edition.shipped, lists)
        yield from keywords.required(context)
        yield from keywords.flows(context)


def _scripts(context: Context, keys: Collection[str] | None) -> Iterator[Finding]:
    words_changed = keys is not None and any(map(intent_of, keys))
    for script in context.edition.scripts.values():
        if keys is None or script.key in keys:
            yield from _one(context, script)
        elif words_changed and script.leaves:
            yield from content.taught(context, script)
            yield from content.stop(context, script)


def _one(context: Context, script: Script) -> Iterator[Finding]:
    for rule in (*ALWAYS, *(MESSAGES if script.leaves else ())):
        yield from rule(context, script)

"""Which keys the code says: scripts that nobody says, and keys that have no script.

The code is read, not run: a flow says `say("key")`, anything else names its keys in full.
"""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from bot.dialogue.flow import Flow
from bot.scripts.checker.context import Context
from bot.scripts.checker.finding import Finding, Severity
from bot.scripts.script import Tag
from bot.scripts.sentence import Code, Sentence

BOT = Path(__file__).resolve().parent.parent.parent


def unsaid(context: Context) -> Iterator[Finding]:
    """Scripts that no flow and nothing else says."""
    said, openings, endings = _in_code()
    scripts = context.edition.scripts
    said = said | {key for (key, _), one in scripts.items() if Tag.CAMPAIGN in one.tags}
    for flow in context.flows.values():
        said = said | _keys_of(flow)
    for key in sorted({key for key, _ in scripts} - said):
        if key.startswith(tuple(openings)) or key.endswith(tuple(endings)):
            continue
        # A country may have words of its own for what is said everywhere.
        if key.partition(".")[2] not in said:
            yield Finding(Severity.WARNING, "unused", key, None, Sentence("unused"))


def unknown(context: Context) -> Iterator[Finding]:
    """Keys that a flow says, and that have no script."""
    known = {key for key, _ in context.edition.scripts}
    for flow in context.flows.values():
        for key in sorted(_spoken(flow) - known):
            words = Sentence("missing_script", flow=Code("flow", flow.name))
            yield Finding(Severity.ERROR, "missing", key, None, words)


def _keys_of(flow: Flow) -> frozenset[str]:
    states = {f"{flow.name}.{state}" for state in flow.states}
    return frozenset(states | {f"{state}.again" for state in states}) | _named(flow)


def _named(flow: Flow) -> frozenset[str]:
    """Every word in the flow's file that may be a key of its own."""
    words = {word for file in _files(flow) for word in _strings(file)[0]}
    return frozenset(f"{flow.name}.{word}" for word in words)


def _spoken(flow: Flow) -> frozenset[str]:
    """The keys of `say("key")` in the flow's file, if no other flow lives there."""
    keys = {key for file in _files(flow) if file.stem == flow.name for key in _says(file)}
    return frozenset(f"{flow.name}.{key.removeprefix(f'{flow.name}.')}" for key in keys)


def _files(flow: Flow) -> set[Path]:
    acts = (act for row in flow.moves for act in (row.when, row.then) if act is not None)
    modules = {sys.modules.get(act.__module__) for act in acts if hasattr(act, "__module__")}
    return {Path(module.__file__) for module in modules if module and module.__file__}


@cache
def _in_code() -> tuple[frozenset[str], ...]:
    """What in the bot's code may be a key, and what keys may begin or end with."""
    found: tuple[set[str], ...] = (set(), set(), set())
    for file in [*BOT.rglob("*.py"), *BOT.with_name("pages").rglob("*.py")]:
        for kept, words in zip(found, _strings(file), strict=True):
            kept |= {word for word in words if "." in word}
    return tuple(map(frozenset, found))


@cache
def _strings(file: Path) -> tuple[frozenset[str], ...]:
    """The texts of a file, and the beginnings and ends of those with something filled in."""
    found: tuple[set[str], ...] = (set(), set(), set())
    for node in ast.walk(_tree(file)):
        parts = node.values if isinstance(node, ast.JoinedStr) else ()
        for kept, part in zip(found, (node, *parts[:1], *parts[-1:]), strict=False):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                kept.add(part.value)
    return tuple(map(frozenset, found))


@cache
def _says(file: Path) -> frozenset[str]:
    calls = (node for node in ast.walk(_tree(file)) if isinstance(node, ast.Call))
    return frozenset(
        str(call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "say"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    )


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))

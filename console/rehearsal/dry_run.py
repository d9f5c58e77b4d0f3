"""The dry run: which of the newest texts the keywords of a draft would read differently."""

from collections import Counter

from flask.typing import ResponseReturnValue

from bot.errors import ScriptRefused
from bot.rehearsal.dry_run import DryRun
from bot.rehearsal.dry_run import dry_run as read
from bot.runtime import Runtime
from bot.scripts.edition import Edition
from console import visitor
from console.rehearsal import tried
from console.screens import Screens

# How many texts may be looked at, and how many of them for one request: at 1 ms for each of two
# readings it takes about a second.
CHOICES = (500, 1000, 5000)
AT_ONCE = 500


def page(screens: Screens) -> ResponseReturnValue:
    """The form, and where a draft is chosen the next piece of what it would read differently."""
    found, problem, draft_id = None, None, tried.chosen()
    seen, changed = tried.number("seen") or 0, tried.number("changed") or 0
    last = tried.number("last")
    last = last if last in CHOICES else CHOICES[0]
    if draft_id is not None:
        try:
            found = _read(screens.runtime, tried.edition(screens), min(AT_ONCE, last - seen))
        except ScriptRefused as refused:
            problem = refused
    if found is not None:
        seen, changed = seen + found.texts, changed + len(found.different)
    shown = screens.show(
        "rehearsal/dry_run",
        found=found,
        groups=_groups(found) if found else (),
        next=found.next if found and seen < last else None,
        seen=seen,
        changed=changed,
        last=last,
        choices=CHOICES,
        draft_id=draft_id,
        drafts=tried.offered(screens),
        problem=problem,
    )
    return shown, 422 if problem else 200


def _read(runtime: Runtime, draft: Edition, most: int) -> DryRun:
    scope, older_than = visitor.current().scope, tried.number("before")
    with runtime.engine.connect() as connection:
        return read(
            connection, runtime.vocabulary, draft.vocabulary, max(most, 0), scope, older_than
        )


def _groups(found: DryRun) -> list[tuple[tuple[str, str, str], int]]:
    """The same text read in the same two ways is one line, with how often it came."""
    return Counter((one.text, one.before, one.after) for one in found.different).most_common()

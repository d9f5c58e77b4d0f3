"""What a draft must pass before it is published, and publishing it."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.errors import ScriptRefused
from bot.rehearsal import talks
from bot.rehearsal.talks import Played
from bot.runtime import Runtime
from bot.scripts import conflicts, drafts, published, publishing
from bot.scripts.checker.check import check, errors
from bot.scripts.checker.context import Context
from bot.scripts.checker.finding import Finding, Severity
from bot.scripts.conflicts import Conflict
from bot.scripts.drafts import Draft, State
from bot.scripts.edition import Edition
from bot.scripts.item import Changes
from bot.scripts.publishing import Publication
from bot.scripts.sentence import Code, Sentence, spoken
from bot.senders import registry
from bot.senders.surroundings import surroundings
from bot.setting_types import Review
from bot.store.session import transact

# Words with these cannot even be said.
BREAKS = frozenset({"placeholder", "collision", "missing"})


@dataclass(frozen=True)
class Examined:
    """A draft beside what is in force: what is found in it, and how the talks that it can touch
    went with it."""

    draft: Draft
    edition: Edition
    findings: tuple[Finding, ...]
    conflicts: tuple[Conflict, ...]
    played: tuple[Played, ...]

    @property
    def playable(self) -> bool:
        """Whether talks can be played with it: it is neither wrong nor overtaken."""
        return not self.conflicts and not errors(self.findings)

    @property
    def unaccepted(self) -> list[Finding]:
        """The warnings for whose rule no reason was given."""
        warnings = (one for one in self.findings if one.severity is Severity.WARNING)
        return [one for one in warnings if one.rule not in self.draft.accepted]

    def refusal(self) -> Sentence | None:
        """Why it cannot be published, in a sentence; None where it can."""
        if self.conflicts:
            key, language = self.conflicts[0].slot
            return Sentence("overtaken", key=key, language=spoken(language))
        if found := errors(self.findings):
            return _told(found[0])
        if self.unaccepted:
            one = self.unaccepted[0]
            told = {"key": one.key, "words": one.sentence, "rule": Code("rule", one.rule)}
            return Sentence("found_unaccepted", **told)
        if red := next((one for one in self.played if not one.green), None):
            return Sentence("red_talk", name=red.name)
        return None


def edition(connection: Connection, runtime: Runtime) -> Edition:
    """The words in force by the tables, whatever lies on the shelf."""
    return published.edition(connection, runtime.edition.shipped, runtime.edition)


def with_draft(connection: Connection, runtime: Runtime, draft_id: int, who: str) -> Edition:
    """The words in force with a draft's changes, to be tried; ScriptRefused where it is broken."""
    draft = drafts.read(connection, draft_id, who)
    changed = edition(connection, runtime).with_changes(draft.changes)
    found = errors(check(context(connection, runtime, changed), _keys(draft.changes)))
    if broken := next((one for one in found if one.rule in BREAKS), None):
        raise ScriptRefused(_told(broken))
    return changed


def context(connection: Connection, runtime: Runtime, checked: Edition) -> Context:
    """What an edition is checked against."""
    senders = registry.everyone(connection, runtime.settings)
    return Context(checked, runtime.flows, surroundings(runtime.settings, senders))


def examine(runtime: Runtime, draft_id: int, who: str, play: bool = True) -> Examined:
    """Look at a draft from every side; the talks are played only where nothing else is wrong.

    No connection is held and no lock taken while they are.
    """
    with runtime.engine.connect() as connection:
        now = edition(connection, runtime)
        draft = drafts.read(connection, draft_id, who)
        overtaken = conflicts.conflicts(draft, now)
        changed = now.with_changes(draft.changes)
        findings = _found(connection, runtime, now, draft.changes)
        course = talks.touched(talks.saved(connection), draft.changes, changed)
    found = Examined(draft, now, findings, tuple(overtaken), ())
    if not play or not found.playable:
        return found
    return replace(found, played=tuple(talks.play(runtime, changed, course)))


def publish(runtime: Runtime, draft_id: int, who: str, at: datetime | None = None) -> int:
    """Publish a draft, now or at a time, and return the publication's number.

    ScriptRefused where a second person has not approved it, though the settings ask for one, or
    where something is found in it.
    """
    examined = examine(runtime, draft_id, who)
    draft = examined.draft
    _refuse_state(runtime, draft)
    if refusal := examined.refusal():
        raise ScriptRefused(refusal)
    new = publishing.of_draft(draft, who, at)

    def put(connection: Connection) -> int:
        if drafts.read(connection, draft_id, who, lock=True) != draft:
            raise ScriptRefused(Sentence("draft_was_changed", draft=draft_id))
        return publishing.publish(connection, new, examined.edition)

    return _in_force(runtime, transact(runtime.engine, put))


def take_back(runtime: Runtime, number: int, who: str, reason: str) -> int:
    """Roll a publication back, at once, and return the number of the one that does so.

    Its words were reviewed when they were published; only what is found wrong in them counts.
    """
    with runtime.engine.connect() as connection:
        now = edition(connection, runtime)
        back = publishing.taking_back(connection, number, who, reason)
        found = errors(_found(connection, runtime, now, back.changes))
    if found:
        raise ScriptRefused(_told(found[0]))
    return _in_force(runtime, _publish(runtime, back, now))


def _found(
    connection: Connection, runtime: Runtime, now: Edition, changes: Changes
) -> tuple[Finding, ...]:
    """What is wrong with changes: in their own words, or elsewhere because of them.

    What was wrong with the other language before is not theirs to mend.
    """
    keys = _keys(changes)
    before = check(context(connection, runtime, now), keys)
    after = check(context(connection, runtime, now.with_changes(changes)), keys)
    mine = {*changes, *((key, None) for key in keys)}
    return tuple(one for one in after if one not in before or (one.key, one.language) in mine)


def _publish(runtime: Runtime, new: Publication, checked: Edition) -> int:
    return transact(runtime.engine, lambda it: publishing.publish(it, new, checked))


def _refuse_state(runtime: Runtime, draft: Draft) -> None:
    if draft.state not in drafts.EDITABLE:
        state = Sentence(f"state_{draft.state}")
        raise ScriptRefused(Sentence("draft_is_over", draft=draft.id, state=state))
    if not draft.reason:
        raise ScriptRefused(Sentence("draft_without_reason", draft=draft.id))
    asked = runtime.settings.HENJI_SCRIPTS_REVIEW is Review.ON
    if asked and draft.state is not State.APPROVED:
        raise ScriptRefused(Sentence("draft_is_not_approved", draft=draft.id))


def _in_force(runtime: Runtime, number: int) -> int:
    runtime.shelf.look(runtime.engine)
    return number


def _told(found: Finding) -> Sentence:
    return Sentence("found", key=found.key, words=found.sentence)


def _keys(changes: Changes) -> set[str]:
    return {key for key, _ in changes}

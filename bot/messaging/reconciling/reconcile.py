"""The whole comparison with the provider's list, number by number; it may stop and go on anywhere.

Nothing in it counts on not having been done before: what is known already changes nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from bot import alerts
from bot.alerts import Kind
from bot.errors import Refused
from bot.messaging.reconciling import missed, statuses
from bot.messaging.reconciling.missed import Going
from bot.messaging.reconciling.pages import pages
from bot.providers import KeepsRecords, Way
from bot.runtime import Runtime
from bot.store.session import transact
from bot.store.tables import senders
from bot.text import phone

MOST_NAMED = 100


@dataclass
class Found:
    """What a comparison came to: statuses set right, texts taken in, and by sender the messages
    (their number, and the provider's ids of some) that went out under our number and not by us."""

    statuses: int = 0
    texts: int = 0
    foreign: int = 0
    named: list[str] = field(default_factory=list)


@dataclass
class Progress:
    """How far a comparison has come: the senders that are done, and where the next page begins."""

    since: datetime
    until: datetime
    done: list[int] = field(default_factory=list)
    following: str | None = None
    found: Found = field(default_factory=Found)

    def stored(self) -> dict[str, Any]:
        """As JSON has it."""
        moments = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        return {**asdict(self), **moments}

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "Progress | None":
        """What `stored` gave; None where another version of this program did."""
        try:
            moments = {name: datetime.fromisoformat(stored[name]) for name in ("since", "until")}
            return cls(**{**stored, **moments, "found": Found(**stored["found"])})
        except (KeyError, TypeError, ValueError):
            return None


def reconcile(
    runtime: Runtime,
    provider: KeepsRecords,
    progress: Progress,
    keep: Callable[[Progress], None],
    going: Going,
    dry_run: bool = False,
) -> bool:
    """Compare from where `progress` stands, which `keep` is handed after each page.

    False where `going` ended it before it was done. Raises a SendError where the list cannot be
    had; what was done by then stays. With `dry_run` nothing is changed, only counted.
    """
    for sender in transact(runtime.engine, _ours):
        if sender.id in progress.done:
            continue
        since = max(progress.since, sender.created_at)
        if progress.following is None and phone.is_e164(sender.number):
            _texts(runtime, provider, sender, since, progress, going, dry_run)
        for following in _messages(runtime, provider, sender, since, progress, dry_run):
            progress.following = following
            keep(progress)
            if not going():
                return False
        progress.done.append(sender.id)
        keep(progress)
    return True


def _ours(connection: Connection) -> list[Row[Any]]:
    these = select(senders.c.id, senders.c.number, senders.c.created_at).order_by(senders.c.id)
    return list(connection.execute(these))


def _texts(
    runtime: Runtime,
    provider: KeepsRecords,
    sender: Row[Any],
    since: datetime,
    progress: Progress,
    going: Going,
    dry_run: bool,
) -> None:
    until = progress.until - missed.GRACE
    texts = missed.missed(runtime, provider, sender.number, since, until)
    progress.found.texts += len(texts) if dry_run else missed.take_in(runtime, texts, going)


def _messages(
    runtime: Runtime,
    provider: KeepsRecords,
    sender: Row[Any],
    since: datetime,
    progress: Progress,
    dry_run: bool,
) -> Iterator[str | None]:
    """Compare page after page; yields where the next one begins."""
    try:
        for page in pages(provider, sender.number, Way.OUT, since, progress.following):
            compared = statuses.compare(runtime, page.records, progress.until, dry_run)
            progress.found.statuses += compared.statuses
            _note_foreign(runtime, sender, compared.foreign, progress.found, dry_run)
            yield page.following
    except Refused:
        if progress.following is None:
            raise
        # The page that was kept is gone: from the newest again.
        progress.following = None
        yield from _messages(runtime, provider, sender, since, progress, dry_run)


def _note_foreign(
    runtime: Runtime, sender: Row[Any], sids: list[str], found: Found, dry_run: bool
) -> None:
    new = [sid for sid in sids if sid not in found.named]
    if not new:
        return
    found.foreign += len(new)
    found.named += new[: MOST_NAMED - len(found.named)]
    if dry_run:
        return
    words = (
        f"Messages went out under {sender.number} that Henji did not send, such as {new[0]}:"
        " another system uses the number, or somebody has your keys. See henji reconcile --dry-run."
    )
    subject = str(sender.id)
    transact(runtime.engine, lambda it: alerts.alert(it, Kind.FOREIGN, subject, words, sender.id))

"""The edition that a process speaks from, and the thread that puts the newest one there."""

import os
import threading

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.scripts import published
from bot.scripts.edition import Edition

# People see a publication within two seconds, of which reading new keywords may take one.
LOOK_S = 0.5

log = structlog.get_logger(__name__)


class Shelf:
    """Holds the edition in force. Who takes it keeps it, whatever is put there meanwhile."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition

    def look(self, engine: Engine) -> Edition:
        """Put the newest edition here: one question, and a second one after a publication."""
        with engine.connect() as connection:
            if published.current(connection) != self.edition.publication:
                self.edition = published.edition(connection, self.edition.shipped, self.edition)
                for sentence in self.edition.left_out:
                    log.warning("scripts.left_out", why=sentence)
        return self.edition

    def pinned(self) -> "Shelf":
        """A shelf with the edition of this moment, that never changes."""
        return Shelf(self.edition)

    def watch(self, engine: Engine, over: threading.Event) -> threading.Thread:
        """Look twice a second from now on, in a thread of its own, until it is over."""
        # A forked child has its parent's words and none of its threads.
        os.register_at_fork(after_in_child=lambda: self._start(engine, over))
        return self._start(engine, over)

    def _start(self, engine: Engine, over: threading.Event) -> threading.Thread:
        thread = threading.Thread(target=self._watch, args=(engine, over), daemon=True)
        thread.start()
        return thread

    def _watch(self, engine: Engine, over: threading.Event) -> None:
        while not over.wait(LOOK_S):
            try:
                self.look(engine)
            except SQLAlchemyError as error:
                log.warning("scripts.unreachable", error=type(error).__name__)
            except Exception:  # the old words are better than none
                log.exception("scripts.failed")

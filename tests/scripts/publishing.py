"""People who change the words: a draft written, reviewed and published in one call."""

from collections.abc import Mapping
from datetime import datetime

from bot.runtime import Runtime
from bot.scripts import drafts, published, publishing
from bot.scripts.item import Content, Slot
from bot.store.session import transact
from bot.text.language import Language

JA, EN = Language.JA, Language.EN
SATO, SUZUKI = "staff:Sato", "staff:Suzuki"


def says(text: str) -> Mapping[str, str]:
    """The content of a script."""
    return {"text": text, "note": ""}


def draft(runtime: Runtime, changes: Mapping[Slot, Content], author: str = SATO) -> int:
    """A draft that changes these words, with its reason."""

    def write(connection: object) -> int:
        edition = published.edition(connection, runtime.edition.shipped)  # type: ignore[arg-type]
        made = drafts.begin(connection, author)  # type: ignore[arg-type]
        for slot, content in changes.items():
            drafts.write(connection, made, author, slot, content, edition)  # type: ignore[arg-type]
        drafts.explain(connection, made, author, "to be shorter", {})  # type: ignore[arg-type]
        return made

    return transact(runtime.engine, write)


def publish(runtime: Runtime, draft_id: int, at: datetime | None = None, by: str = SUZUKI) -> int:
    """Publish a draft as it is."""

    def put(connection: object) -> int:
        edition = published.edition(connection, runtime.edition.shipped)  # type: ignore[arg-type]
        found = drafts.read(connection, draft_id, SATO)  # type: ignore[arg-type]
        new = publishing.of_draft(found, by, at)
        return publishing.publish(connection, new, edition)  # type: ignore[arg-type]

    return transact(runtime.engine, put)

"""`henji scripts set`, `words`, `restore`, `merge`: other words, into a draft."""

import sys
from typing import TYPE_CHECKING

import click

from bot.commands.scripts.opening import BY, DRAFT, KEY, LANGUAGE, opened, slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from bot.runtime import Runtime
    from bot.scripts.item import Content, Slot

INTO = click.option("--draft", "draft_id", type=int, help="Into this draft of yours (a new one).")


@click.command("set", epilog="Example: henji scripts set common.help ja '【{brand}】…' --by Sato")
@KEY
@LANGUAGE
@click.argument("text", required=False)
@click.option("--note", help="The note for translators (as it is).")
@INTO
@BY
def set_(
    key: str, language: str, text: str | None, note: str | None, draft_id: int | None, by: str
) -> None:
    """Write other words for a script into a draft; nobody is told them before it is published.

    Without a TEXT it is read from stdin.
    """
    from bot.scripts.item import intent_of, text_content

    words = sys.stdin.read().rstrip("\n") if text is None else text

    def content(runtime: "Runtime", where: "Slot") -> "Content":
        known = runtime.edition.content(where)
        if intent_of(key):
            raise click.UsageError(f"{key} is a list of keywords: use henji scripts words.")
        return text_content(words, known["note"] if note is None else note)

    _write(slot(key, language), content, draft_id, by)


@click.command(epilog="Example: henji scripts words keywords.PAY ja --add お会計 --by Sato")
@KEY
@LANGUAGE
@click.option("--add", multiple=True, metavar="WORD", help="A keyword more; as often as needed.")
@click.option("--remove", multiple=True, metavar="WORD", help="A keyword less.")
@INTO
@BY
def words(
    key: str,
    language: str,
    add: tuple[str, ...],
    remove: tuple[str, ...],
    draft_id: int | None,
    by: str,
) -> None:
    """Change a list of keywords in a draft.

    Words that the law asks for stay, and a word that means something else already is refused.
    """
    from bot.scripts.item import intent_of, words_content

    def content(runtime: "Runtime", where: "Slot") -> "Content":
        if not intent_of(key):
            raise click.UsageError(f"{key} is a script: use henji scripts set.")
        known = runtime.edition.content(where)["words"]
        if lost := [word for word in remove if word not in known]:
            raise click.UsageError(f"{key} has no {lost[0]}.")
        return words_content([*(word for word in known if word not in remove), *add])

    _write(slot(key, language), content, draft_id, by)


@click.command(epilog="Example: henji scripts restore common.help ja --by Sato")
@KEY
@LANGUAGE
@INTO
@BY
def restore(key: str, language: str, draft_id: int | None, by: str) -> None:
    """Let a key say again what ships, in a draft."""
    _write(slot(key, language), lambda _, __: None, draft_id, by)


@click.command(epilog="Example: henji scripts merge 3 common.help ja --by Sato")
@DRAFT
@KEY
@LANGUAGE
@click.argument("text", required=False)
@BY
def merge(draft_id: int, key: str, language: str, text: str | None, by: str) -> None:
    """Make your change and that of somebody who published meanwhile one, or choose a TEXT."""
    from bot.commands import options
    from bot.scripts import conflicts
    from bot.scripts import drafts as kept
    from bot.scripts.item import text_content
    from bot.store.session import transact

    who, where = options.staff(by), slot(key, language)
    with opened() as runtime:
        now = runtime.edition
        note = now.content(where).get("note", "")
        chosen = text_content(text, note) if text is not None else None

        def settle(connection: "Connection") -> None:
            draft = kept.read(connection, draft_id, who, lock=True)
            conflicts.settle(connection, draft, who, where, now, chosen)

        transact(runtime.engine, settle)
        _tell_findings(runtime, draft_id, who)
    click.echo(f"Draft {draft_id} has both changes of {key} in {language}.")


def _write(
    where: "Slot", content: "Callable[[Runtime, Slot], Content]", draft_id: int | None, by: str
) -> None:
    from bot.commands import options
    from bot.scripts import drafts as kept
    from bot.store.session import transact

    who = options.staff(by)
    with opened() as runtime:
        new = content(runtime, where)

        def write(connection: "Connection") -> int:
            into = kept.begin(connection, who) if draft_id is None else draft_id
            kept.write(connection, into, who, where, new, runtime.edition)
            return into

        into = transact(runtime.engine, write)
        _tell_findings(runtime, into, who)
    click.echo(f"It is in draft {into}; henji scripts review {into} shows it to others.")


def _tell_findings(runtime: "Runtime", draft_id: int, who: str) -> None:
    from bot.rehearsal import release

    for one in release.examine(runtime, draft_id, who, play=False).findings:
        click.echo(str(one))

"""`henji scripts set` and what follows it: drafts, and the look of a second person at them."""

import sys
from typing import TYPE_CHECKING

import click

from bot.commands.scripts.opening import BY, DRAFT, KEY, LANGUAGE, in_japan, opened, slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from bot.rehearsal.release import Examined
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


@click.command(epilog="Example: henji scripts drafts --by Sato")
@BY
def drafts(by: str) -> None:
    """List your drafts, and those of others that wait for a look."""
    from bot.commands import options
    from bot.scripts import drafts as kept

    with opened() as runtime, runtime.engine.connect() as connection:
        for row in kept.listed(connection, options.staff(by)):
            changed = in_japan(row.changed_at)
            click.echo(f"{row.id}  {row.state}  {row.author}  {changed}  {row.reason}".rstrip())


@click.command(epilog="Example: henji scripts show 3 --by Suzuki")
@DRAFT
@BY
def show(draft_id: int, by: str) -> None:
    """Show a draft word by word, what is found in it, and how the talks go with it."""
    from bot.commands import options
    from bot.rehearsal import release

    with opened() as runtime:
        examined = release.examine(runtime, draft_id, options.staff(by))
    _tell(examined)


@click.command(epilog="Example: henji scripts review 3 --reason 'shorter help' --by Sato")
@DRAFT
@click.option("--reason", required=True, help="Why it is wanted.")
@click.option("--accept", multiple=True, metavar="RULE=WHY", help="Why a warning may stand.")
@BY
def review(draft_id: int, reason: str, accept: tuple[str, ...], by: str) -> None:
    """Say why your draft is wanted, and show it to others for their approval."""
    from bot.scripts import drafts as kept

    accepted = dict(map(_accepted, accept))

    def act(connection: "Connection", who: str) -> None:
        kept.explain(connection, draft_id, who, reason, accepted)
        kept.ask_for_review(connection, draft_id, who)

    _do(act, by)
    click.echo(f"Draft {draft_id} waits for a second person.")


@click.command(epilog="Example: henji scripts approve 3 --by Suzuki")
@DRAFT
@click.option("--note", default="", help="Something to say about it.")
@BY
def approve(draft_id: int, note: str, by: str) -> None:
    """Approve somebody else's draft."""
    from bot.scripts import drafts as kept

    _do(lambda connection, who: kept.review(connection, draft_id, who, True, note), by)
    click.echo(f"Draft {draft_id} may be published.")


@click.command("send-back", epilog="Example: henji scripts send-back 3 --note 'too curt' --by Ito")
@DRAFT
@click.option("--note", required=True, help="What is wrong with it.")
@BY
def send_back(draft_id: int, note: str, by: str) -> None:
    """Give somebody else's draft back to them."""
    from bot.scripts import drafts as kept

    _do(lambda connection, who: kept.review(connection, draft_id, who, False, note), by)
    click.echo(f"Draft {draft_id} is its author's again.")


@click.command(epilog="Example: henji scripts withdraw 3 --by Sato")
@DRAFT
@BY
def withdraw(draft_id: int, by: str) -> None:
    """Give up your own draft."""
    from bot.scripts import drafts as kept

    _do(lambda connection, who: kept.withdraw(connection, draft_id, who), by)
    click.echo(f"Draft {draft_id} is withdrawn.")


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


def _do(act: "Callable[[Connection, str], None]", by: str) -> None:
    from bot.commands import options
    from bot.store.session import transact

    who = options.staff(by)
    with opened() as runtime:
        transact(runtime.engine, lambda connection: act(connection, who))


def _tell_findings(runtime: "Runtime", draft_id: int, who: str) -> None:
    from bot.rehearsal import release

    for one in release.examine(runtime, draft_id, who, play=False).findings:
        click.echo(str(one))


def _tell(examined: "Examined") -> None:
    from bot.scripts.changes import shown

    draft = examined.draft
    click.echo(f"Draft {draft.id} of {draft.author}: {draft.state}. {draft.reason}".rstrip())
    for line in shown(draft.changes, examined.edition):
        click.echo(line)
    for conflict in examined.conflicts:
        key, language = conflict.slot
        click.echo(f"{language}: {key} was changed by somebody else since.")
    for one in examined.findings:
        click.echo(str(one))
    for played in examined.played:
        click.echo(f"{'green' if played.green else 'RED'} talk {played.name}")
        if played.first_wrong:
            expected, turn = played.first_wrong
            click.echo(f"  {turn.text}: {', '.join(expected.keys)} -> {', '.join(turn.keys)}")


def _accepted(written: str) -> tuple[str, str]:
    rule, equals, why = written.partition("=")
    if not equals:
        raise click.BadParameter(f"{written} is not RULE=WHY.", param_hint="--accept")
    return rule.strip(), why

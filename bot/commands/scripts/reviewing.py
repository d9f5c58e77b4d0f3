"""`henji scripts show`, `review`, `approve`: a draft, and the look of a second person at it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from bot.commands.scripts.opening import BY, DRAFT, in_japan, opened

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.rehearsal.release import Examined


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


def _do(act: "Callable[[Connection, str], None]", by: str) -> None:
    from bot.commands import options
    from bot.store.session import transact

    who = options.staff(by)
    with opened() as runtime:
        transact(runtime.engine, lambda connection: act(connection, who))


def _tell(examined: "Examined") -> None:
    from bot.scripts.changes import between, shown

    draft = examined.draft
    click.echo(f"Draft {draft.id} of {draft.author}: {draft.state}. {draft.reason}".rstrip())
    for line in shown(draft.changes, examined.edition):
        click.echo(line)
    for conflict in examined.conflicts:
        key, language = conflict.slot
        how = "henji scripts merge makes both one" if conflict.merged else "choose the words"
        click.echo(f"{language}: {key} was changed by somebody else since: {how}.")
        for theirs in between(conflict.seen, conflict.theirs):
            click.echo(f"    {theirs}")
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

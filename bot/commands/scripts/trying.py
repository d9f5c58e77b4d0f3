"""`henji scripts talk`, `talks`, `dry-run` and `replay`: try words before anybody gets them."""

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from bot.commands.complaint import FAILED
from bot.commands.scripts.opening import BY, DRAFT, in_japan, opened
from bot.text.counted import counted

if TYPE_CHECKING:
    from bot.rehearsal.replay import Changed
    from bot.rehearsal.stage import Turn
    from bot.runtime import Runtime
    from bot.scripts.edition import Edition

DAY = click.DateTime(["%Y-%m-%d"])


@click.command(epilog="Example: printf '残高\\n1234\\n' | henji scripts talk --persona blunt")
@click.option("--persona", "who", default="elderly_polite", show_default=True, help="Who talks.")
@click.option("--draft", "draft_id", type=int, help="With the words of this draft; with --by.")
@click.option("--by", metavar="NAME", help="Whose draft it is, and who saves.")
@click.option("--save", "name", help="Keep the talk under a name: it must go on like this.")
def talk(who: str, draft_id: int | None, by: str | None, name: str | None) -> None:
    """Talk to the bot as an invented person, one text a line, and see how it decides.

    Nothing is sent. Each answer comes with its states, what the text was read as and why, and what
    the gate says. Personas: elderly_polite, blunt, dialect, english, feature_phone.
    """
    from bot.commands import options
    from bot.rehearsal import talks
    from bot.rehearsal.personas import open_talk, persona
    from bot.store.session import transact

    if by is None and (draft_id is not None or name is not None):
        raise click.UsageError("--draft and --save need --by.")
    with opened() as runtime:
        turns = []
        edition = _edition(runtime, draft_id, by)
        with open_talk(runtime, persona(who), edition) as talking:
            for text in _typed():
                turns.append(talking.say(text))
                _tell(turns[-1])
        if name is not None and by is not None:
            staff = options.staff(by)
            transact(runtime.engine, lambda it: talks.save(it, name, who, turns, staff))
            click.echo(f"{name} is kept.")


@click.command(epilog="Example: henji scripts talks --draft 3 --by Sato")
@click.option("--draft", "draft_id", type=int, help="With the words of this draft; with --by.")
@click.option("--by", metavar="NAME", help="Whose draft it is.")
@click.option("--forget", "name", help="Forget the saved talk of this name instead.")
def talks(draft_id: int | None, by: str | None, name: str | None) -> None:
    """Play every talk that must go on as it went: green or red; status 1 for any red one."""
    from bot.rehearsal import talks as kept
    from bot.store.session import transact

    if draft_id is not None and by is None:
        raise click.UsageError("--draft needs --by.")
    with opened() as runtime:
        if name is not None:
            transact(runtime.engine, lambda connection: kept.forget(connection, name))
            return
        with runtime.engine.connect() as connection:
            course = kept.saved(connection)
        played = kept.play(runtime, _edition(runtime, draft_id, by), course)
    for one in played:
        click.echo(f"{'green' if one.green else 'RED'}  {one.name}")
    sys.exit(0 if all(one.green for one in played) else FAILED)


@click.command("dry-run", epilog="Example: henji scripts dry-run 3 --by Sato --last 5000")
@DRAFT
@click.option("--last", type=click.IntRange(1, 100_000), default=1000, show_default=True)
@BY
def dry_run(draft_id: int, last: int, by: str) -> None:
    """Read the newest texts with the keywords of a draft: which would be understood differently.

    Digits are masked. A "?" says that the bot would ask back.
    """
    from bot.rehearsal.dry_run import dry_run as run

    with opened() as runtime:
        edition = _edition(runtime, draft_id, by)
        with runtime.engine.connect() as connection:
            done = run(connection, runtime.vocabulary, edition.vocabulary, last)
    for one in done.different:
        click.echo(f"{one.inbound_id}  {one.before} -> {one.after}  {one.text}")
    click.echo(f"{len(done.different)} of {counted(done.texts, 'text')} would be read differently.")


@click.command(epilog="Example: henji scripts replay 3 --since 2026-11-01 --by Sato")
@DRAFT
@click.option("--since", type=DAY, required=True, help="The first day, in Japan.")
@click.option("--until", type=DAY, help="The day after the last one (now).")
@click.option("--most", type=click.IntRange(1, 10_000), default=500, show_default=True)
@BY
def replay(draft_id: int, since: datetime, until: datetime | None, most: int, by: str) -> None:
    """Play real conversations again with a draft and show every reply that would be another.

    Numbers, names and digits are invented; at most so many texts, conversation by conversation.
    """
    from bot.rehearsal.past import Asked
    from bot.rehearsal.replay import replay as play
    from bot.text.format import TOKYO

    start = since.replace(tzinfo=TOKYO)
    end = until.replace(tzinfo=TOKYO) if until else datetime.now(TOKYO)
    with opened() as runtime:
        played = play(runtime, _edition(runtime, draft_id, by), Asked(start, end), most)
    for one in played.changed:
        _tell_changed(one)
    click.echo(
        f"{len(played.changed)} of {counted(played.texts, 'answer')} in"
        f" {counted(played.conversations, 'conversation')} would be others."
    )


def _edition(runtime: "Runtime", draft_id: int | None, by: str | None) -> "Edition":
    """The words in force, or with a draft's changes."""
    from bot.commands import options
    from bot.rehearsal import release

    if draft_id is None:
        return runtime.edition
    who = options.staff(by or "")
    with runtime.engine.connect() as connection:
        return release.with_draft(connection, runtime, draft_id, who)


def _typed() -> Iterator[str]:
    for line in sys.stdin:
        if text := line.rstrip("\r\n"):
            yield text


def _tell(turn: "Turn") -> None:
    trace = ", ".join(f"{name} {value}" for name, value in turn.trace.items())
    click.echo(f"> {turn.text}")
    click.echo(f"  {turn.intent} ({trace})")
    click.echo(f"  {turn.state_before or '-'} -> {turn.state_after or '-'}, {turn.consent}")
    for said in turn.said:
        click.echo(f"< {said.body}\n  {said.key} {said.revision}, gate {said.verdict}")


def _tell_changed(one: "Changed") -> None:
    from bot.scripts import difference

    click.echo(f"{in_japan(one.at)}  conversation {one.conversation_id}  > {one.text}")
    before, after = ("\n".join(said.body for said in side) for side in (one.before, one.after))
    click.echo(f"    {difference.shown(before, after)}")

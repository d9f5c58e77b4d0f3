"""`henji scripts check` and `preview`: what is wrong with words, and how they look on a phone."""

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from bot.commands.complaint import FAILED
from bot.commands.scripts.opening import AS_JSON, KEY, as_json, opened, slot
from bot.text.counted import counted
from bot.text.language import Language

if TYPE_CHECKING:
    from bot.runtime import Runtime
    from bot.scripts.checker.finding import Finding
    from bot.scripts.checker.measure import Measure
    from bot.scripts.script import Script


@click.command(epilog="Example: henji scripts check")
@click.option("--published", is_flag=True, help="What is in force, instead of the files of git.")
@click.option("--draft", "draft_id", type=int, help="What a draft changes; with --by.")
@click.option("--by", metavar="NAME", help="Whose draft it is.")
@AS_JSON
def check(published: bool, draft_id: int | None, by: str | None, as_json: bool) -> None:
    """Check scripts and keywords: the files of git, what is in force, or a draft.

    Errors keep words from being published; warnings want a reason. Without a database it checks
    the files, those of HENJI_FLOW_MODULES too. Status 1 where anything is found.
    """
    if (draft_id is None) != (by is None):
        raise click.UsageError("--draft and --by go together.")
    if draft_id is not None and by is not None:
        found = _of_draft(draft_id, by)
    else:
        found = _in_force() if published else _of_files()
    for one in found:
        click.echo(_line(one, as_json))
    if not found and not as_json:
        click.echo("Nothing is wrong with the scripts.")
    sys.exit(FAILED if found else 0)


@click.command(epilog="Example: henji scripts preview balance.answer --lang ja")
@KEY
@click.option("--lang", type=click.Choice([one.value for one in Language]), default="ja")
@click.option("--text", help="Other words than those in force.")
@AS_JSON
def preview(key: str, lang: str, text: str | None, as_json: bool) -> None:
    """Show a script as a phone would, with short, usual and long values, and what it costs.

    Steps are counted by each billing table; yen are shown where HENJI_YEN_PER_STEP is set.
    """
    from bot.scripts.item import text_content, with_content

    with opened() as runtime:
        edition = runtime.edition
        edition.content(slot(key, lang))
        script = edition.scripts.get(slot(key, lang))
        if script is None:
            raise click.UsageError(f"{key} is a list of keywords.")
        shown = with_content(script, text_content(text, "")) if text is not None else script
        measured = _measured(runtime, shown)
    for one in measured:
        _show(one, as_json)


def preview_in_all(runtime: "Runtime", key: str) -> None:
    """Show a script in every language as a phone would, as `preview` does."""
    for language in Language:
        for one in _measured(runtime, runtime.edition.scripts[key, language]):
            _show(one, in_json=False)


def _measured(runtime: "Runtime", script: "Script") -> "Sequence[Measure]":
    from bot.scripts.checker.context import known_values
    from bot.scripts.checker.measure import measure
    from bot.senders.surroundings import surroundings

    edition, price = runtime.edition, runtime.settings.yen_per_step
    names = known_values(edition, surroundings(runtime.settings), script.language)
    return measure(script, edition.shipped.examples, names, price)


def _of_files() -> "Sequence[Finding]":
    from bot.app import flow_table, locale_folders
    from bot.scripts import shipped
    from bot.scripts.checker import check as checker
    from bot.scripts.checker.context import Context
    from bot.scripts.edition import as_it_ships
    from bot.senders.surroundings import surroundings
    from bot.settings import load

    settings = load()
    folders = locale_folders(settings)
    if found := checker.unreadable(folders):
        return found
    edition = as_it_ships(shipped.read_all(folders))
    return checker.check(Context(edition, flow_table(settings), surroundings(settings)))


def _in_force() -> "Sequence[Finding]":
    from bot.rehearsal import release
    from bot.scripts.checker.check import check as checked

    with opened() as runtime, runtime.engine.connect() as connection:
        return checked(release.context(connection, runtime, runtime.edition))


def _of_draft(draft_id: int, by: str) -> "Sequence[Finding]":
    from bot.commands import options
    from bot.rehearsal import release

    with opened() as runtime:
        return release.examine(runtime, draft_id, options.staff(by), play=False).findings


def _line(found: "Finding", in_json: bool) -> str:
    return as_json(found) if in_json else str(found)


def _show(one: "Measure", in_json: bool) -> None:
    if in_json:
        click.echo(as_json(one))
        return
    price = ", ".join(_steps(name, told) for name, told in one.steps.items())
    letters, parts = counted(one.characters, "character"), counted(one.segments, "segment")
    size = f"{letters}, {one.encoding}, {parts}"
    click.echo(f"{one.size}: {one.body}\n  {size}; {price}")
    for found, why in ((one.ucs_2_for, "UCS-2"), (one.not_in_iso_2022_jp, "not ISO-2022-JP")):
        if found:
            click.echo(f"  {why}: {', '.join(map(str, found))}")


def _steps(name: str, told: "Mapping[str, float | int | None]") -> str:
    yen = f" = {told['yen']} yen" if told["yen"] is not None else ""
    return f"{name} {told['steps']}{yen}"

"""`henji scripts gallery`: ready scripts for notices."""

import click


@click.command(epilog="Example: henji scripts gallery notice.visit_date")
@click.argument("key", required=False)
def gallery(key: str | None) -> None:
    """Show ready scripts for notices in both languages, or one of them, with usual values."""
    from bot.scripts.about import Size
    from bot.scripts.checker import measure
    from bot.scripts.gallery import examples, scripts
    from bot.senders.surroundings import surroundings
    from bot.settings import load

    ready, around = scripts(), surroundings(load())
    if key is not None and key not in {name for name, _ in ready}:
        known = ", ".join(sorted({name for name, _ in ready}))
        raise click.UsageError(f"There is no {key} in the gallery; it has {known}.")
    for script in sorted(ready.values(), key=lambda one: one.key):
        if key in {None, script.key}:
            usual = measure.body(script, Size.TYPICAL, examples(), around.names[script.language])
            click.echo(f"{script.language}: {script.key}: {script.note}")
            click.echo(f"    {script.text}\n    {usual}")

"""`henji scripts …`: check, change, try and publish what the bot says."""

import click

from bot.commands.scripts.checking import check, preview
from bot.commands.scripts.drafting import merge, restore, set_, words
from bot.commands.scripts.examples import gallery
from bot.commands.scripts.files import diff, export, import_
from bot.commands.scripts.picturing import picture
from bot.commands.scripts.publishing import cancel, history, publish, rollback
from bot.commands.scripts.reviewing import (
    approve,
    drafts,
    review,
    send_back,
    show,
    withdraw,
)
from bot.commands.scripts.trying import dry_run, replay, talk, talks


@click.group(no_args_is_help=False, epilog="Example: henji scripts check")
def scripts() -> None:
    """The words of the bot: check them, change them in a draft, try it, publish it, take it back.

    A KEY names a script, such as common.help, or a list of keywords, such as keywords.STOP.
    """


for command in (
    check,
    preview,
    set_,
    words,
    restore,
    drafts,
    merge,
    show,
    review,
    approve,
    send_back,
    withdraw,
    publish,
    history,
    rollback,
    cancel,
    diff,
    export,
    import_,
    talk,
    talks,
    dry_run,
    replay,
    picture,
    gallery,
):
    scripts.add_command(command)

"""`henji campaigns add` and `people`: what a campaign is, and whom it is for."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.commands import options
from bot.commands.campaigns.opening import NAME, do
from bot.commands.complaint import say
from bot.messaging.grounds import Exemption

if TYPE_CHECKING:
    from datetime import datetime

    from bot.campaigns.people import Chosen

KINDS = click.Choice(("dunning", "notice", "promotion"))
DISCLOSURES = click.Choice(("after_verification", "in_text"))
POLICIES = click.Choice(("short", "long"))
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    epilog="Example: henji campaigns add december --kind dunning --purpose billing"
    " --script campaign.reminder --by sato"
)
@NAME
@click.option("--kind", type=KINDS, required=True, help="What is due, other news, advertising.")
@click.option("--purpose", required=True, help="What people agreed to, such as billing.")
@click.option("--script", "script_key", required=True, help="The text, such as campaign.reminder.")
@click.option("--sender", metavar="NUMBER", help="Which of our senders (each person's last).")
@click.option("--exemption", type=options.choice(Exemption), help="Why it needs no consent.")
@click.option("--ground", "exemption_note", default="", help="The exemption's ground, in words.")
@click.option(
    "--question",
    "questions",
    multiple=True,
    metavar="NAME",
    help="What its page asks, such as birth_date; give it up to four times (the sender's).",
)
@click.option("--disclosure", type=DISCLOSURES, help="When an amount is told (HENJI_DISCLOSURE).")
@click.option("--link-hours", type=int, help="How long its links are good (HENJI_LINK_HOURS).")
@click.option("--hours", default="", help="When it is sent, in Japan: 'Mon-Fri 10:00-17:00'.")
@click.option("--text-policy", type=POLICIES, default="long", help="Never split, or up to 660.")
@click.option("--message-ja", type=FILE, help="What its page shows in Japanese, a text file.")
@click.option("--message-en", type=FILE, help="The same in English; either will do.")
@options.BY
def add(by: str, **given: Any) -> None:
    """Make a campaign, for nobody yet: `henji campaigns people` says for whom.

    Dunning carries payment links, and leaves out who has paid. Hours of its own are without
    Japanese holidays, and never reach into the quiet ones. A text of the policy short is one
    segment with a link; a message is read behind it, by who proved who they are.
    """
    from bot.campaigns import drafting
    from bot.campaigns.campaign import CampaignKind, Plan, TextPolicy
    from bot.setting_types import Disclosure

    exemption, disclosure = given.pop("exemption"), given.pop("disclosure")
    plan = Plan(
        kind=CampaignKind(given.pop("kind")),
        exemption=Exemption(exemption) if exemption else None,
        disclosure=Disclosure(disclosure) if disclosure else None,
        text_policy=TextPolicy(given.pop("text_policy")),
        message_ja=_text_of(given.pop("message_ja")),
        message_en=_text_of(given.pop("message_en")),
        **given,
    )
    actor = options.staff(by)
    do(lambda connection, runtime: drafting.create(connection, runtime, plan, actor))
    click.echo(f"The campaign {plan.name} is a draft: say for whom.")


@click.command(epilog="Example: henji campaigns people december --from customers.csv --by sato")
@NAME
@click.option("--from", "file", type=FILE, help="A CSV with a column customer_number.")
@click.option(
    "--due-by", type=click.DateTime(["%Y-%m-%d"]), help="Who owes something that is due by a day."
)
@options.BY
def people(name: str, file: Path | None, due_by: "datetime | None", by: str) -> None:
    """Add people to a campaign; who is in it already stays in it once. Whoever adds somebody may
    not approve it.

    The file is in UTF-8 or CP932. Rows that cannot be used are named by line on stderr, and the
    others are taken.
    """
    from bot.campaigns import people as chosen

    actor = options.staff(by)
    if file is not None and due_by is None:
        found = _of_file(name, file, actor)
    elif due_by is not None and file is None:
        day = due_by.date()
        found = do(lambda connection, _: chosen.choose_due(connection, name, day, actor))
    else:
        raise click.UsageError("Give either --from or --due-by.")
    click.echo(f"added {found.added}, in it already {found.known}")


def _text_of(file: Path | None) -> str:
    try:
        return file.read_text("utf-8-sig") if file else ""
    except UnicodeDecodeError:
        raise click.UsageError(f"{file} is not in UTF-8.") from None


def _of_file(name: str, file: Path, actor: str) -> "Chosen":
    from bot.billing.customer_rows import Refusal
    from bot.campaigns import people as chosen
    from bot.campaigns.numbers_file import read

    rows = list(read(file))
    numbers = [row for row in rows if not isinstance(row, Refusal)]
    wanted = [one for _, one in numbers]
    found = do(lambda it, runtime: chosen.choose(it, runtime.vault, name, wanted, actor))
    refused = [(row.line, row.reason) for row in rows if isinstance(row, Refusal)]
    refused += [(line, "no such customer number") for line, one in numbers if one in found.unknown]
    for line, reason in sorted(refused):
        say(f"line {line}: {reason}")
    return found

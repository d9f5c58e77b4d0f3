"""`henji campaigns`: from a file of customer numbers to what was sent, in four steps."""

import csv
import re
from pathlib import Path

import pytest

from bot.compliance import countries
from tests.campaigns.conftest import crowd
from tests.campaigns.crowd import Crowd, customer_number, number
from tests.cli.commands import Ended, henji
from tests.messaging.campaign import NIGHT
from tests.people import OURS

__all__ = ["crowd"]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ADD = (
    "add", "december", "--kind", "dunning", "--purpose", "billing", "--script",
    "campaign.reminder", "--sender", OURS, "--by", "sato",
)  # fmt: skip


@pytest.fixture
def people(crowd: Crowd, tmp_path: Path) -> Path:
    """A file of three customers of a crowd of four, one nobody knows, and one bad row."""
    crowd.gathers(4)
    crowd.are_on_hold(range(2, 3))
    rows = [*map(customer_number, (1, 2, 3, 9)), "x"]
    file = tmp_path / "people.csv"
    file.write_text("\n".join(["customer_number", *rows]), "utf-8")
    return file


def test_a_campaign_goes_its_way_from_people_to_the_funnel(
    environment: dict[str, str], crowd: Crowd, people: Path, tmp_path: Path
) -> None:
    environment = {**environment, "HENJI_YEN_PER_STEP": "segments-67=8.5,steps-70=3"}

    def run(*arguments: str) -> Ended:
        return henji("campaigns", *arguments, environment=environment)

    assert run(*ADD).status == 0
    chosen = run("people", "december", "--from", str(people), "--by", "sato")
    assert (chosen.status, chosen.out) == (0, "added 3, in it already 0\n")
    assert chosen.err.splitlines() == [
        "henji: line 5: no such customer number",
        "henji: line 6: customer_number must be 4 to 64 characters that end with four digits",
    ]
    again = run("people", "december", "--from", str(people), "--by", "sato")
    assert again.out == "added 0, in it already 3\n"

    checked = run("check", "december")
    assert checked.status == 0, checked.err
    assert checked.out.splitlines()[-6:] == [
        "would get it: 2, at once: 2",
        "left out, hold hardship: 1",
        "segments: 4",
        "steps of segments-67: 4 = 34.0 yen",
        "steps of steps-70: 4 = 12.0 yen",
        "steps of parts-66: 4",
    ]
    assert "配信停止" in checked.out
    assert crowd.links() == []

    own = run("approve", "december", "--by", "sato")
    assert (own.status, "a second person" in own.err) == (1, True)
    assert run("start", "december", "--by", "sato").status == 1
    assert run("approve", "december", "--by", "suzuki").status == 0
    assert run("start", "december", "--by", "sato").status == 0
    crowd.queues()
    crowd.texting.sends()
    assert crowd.got() == {number(1): 1, number(3): 1}

    assert run("list").out.startswith("december  dunning  finished  3 people  ")
    shown = run("show", "december").out
    assert "approved by: staff:suzuki\n" in shown
    assert "left out, on hold" in shown
    assert "messages, sent: 2\n" in shown
    stopped = run("stop", "december", "--reason", "a typo", "--by", "sato")
    assert stopped.out == "The campaign december is stopped; messages taken back: 0.\n"

    file = tmp_path / "funnel.csv"
    funnel = ("funnel", "--campaign", "december", "--into", str(file))
    told = henji("payments", *funnel, environment=environment)
    assert told.out.startswith("campaign.reminder (ja): 2 sent, ")
    file = tmp_path / "timeline.csv"
    timeline = ("timeline", "--campaign", "december", "--into", str(file))
    assert henji("payments", *timeline, environment=environment).status == 0
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    assert [row["step"] for row in rows].count("sent") == 2


def test_a_short_text_has_its_message_from_a_file_and_shows_it_before_approval(
    environment: dict[str, str], tmp_path: Path
) -> None:
    news = tmp_path / "news.txt"
    news.write_text("本社を移転いたします。\r\n必ず差し押さえ。", "utf-8-sig")
    add = (
        "add", "moving", "--kind", "notice", "--purpose", "billing", "--script",
        "campaign.notice_on_page", "--text-policy", "short", "--message-ja", str(news),
        "--by", "sato",
    )  # fmt: skip
    added = henji("campaigns", *add, environment=environment)
    assert (added.status, added.err) == (0, "")

    checked = henji("campaigns", "check", "moving", environment=environment).out
    assert "on the page, ja:\n本社を移転いたします。\n必ず差し押さえ。\n" in checked
    assert "warning threat: ja: message: " in checked
    shown = henji("campaigns", "show", "moving", environment=environment).out
    assert "text policy: short\n" in shown

    news.write_text("本社", "cp932")
    refused = henji("campaigns", *add, environment=environment)
    assert (refused.status, "is not in UTF-8" in refused.err) == (2, True)


def test_who_is_put_off_is_told_with_the_next_turn(
    environment: dict[str, str], crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(countries, "shipped", lambda: NIGHT)
    crowd.gathers(2)
    crowd.plans(2)
    crowd.starts()
    crowd.queues()
    *_, told = henji("campaigns", "show", "december", environment=environment).out.splitlines()

    assert re.fullmatch(r"put off: 2, the first until \d{4}-\d\d-\d\d \d\d:\d\d", told)


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("people", "december", "--by", "sato"), 2, "either --from or --due-by"),
        (("check", "december"), 1, "There is no campaign december"),
        (("show", "december"), 1, "There is no campaign december"),
        ((*ADD, "--question", "shoe_size"), 1, "A page asks one to 4"),
        ((*ADD, "--text-policy", "short"), 1, "a short text has at most 70"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    environment: dict[str, str], arguments: tuple[str, ...], status: int, words: str
) -> None:
    ended = henji("campaigns", *arguments, environment=environment)

    assert (ended.status, ended.out) == (status, "")
    assert words in ended.err


@pytest.mark.parametrize("command", ["timeline", "funnel"])
def test_a_campaign_and_a_period_do_not_go_together(
    environment: dict[str, str], command: str
) -> None:
    days = ("--from", "2026-12-01", "--to", "2026-12-31", "--campaign", "december")
    assert henji("payments", command, *days, environment=environment).status == 2

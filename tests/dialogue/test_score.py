"""Scoring a labelled file: what counts as right, and what is shown."""

from bot.dialogue.score import Labelled, parse, report, score
from bot.scripts.shipped import LOCALES, load_vocabulary

WORDS = load_vocabulary(LOCALES)


def test_a_file_has_a_label_a_tab_and_a_text_a_line() -> None:
    lines = ["# comment", "", "HUMAN\t相談", "STOP\t停止\\n山田", "CANCEL_CONTRACT\t解約"]

    assert parse(lines) == [
        Labelled("AGENT", "相談"),
        Labelled("STOP", "停止\n山田"),
        Labelled("AGENT", "解約"),
    ]


def test_every_miss_is_shown_and_a_false_opt_out_is_called_one() -> None:
    rows = [
        Labelled("STOP", "停止"),
        Labelled("STOP", "しつこい"),
        Labelled("OTHER", "停止"),
        Labelled("ASK", "停止できますか"),
        Labelled("HELP", "残高"),
    ]

    assert list(report(score(rows, WORDS))) == [
        "ASK      1/1",
        "HELP     0/1",
        "OTHER    0/1",
        "STOP     1/2",
        "stops obeyed or asked back: 2/2",
        "false opt-outs: 1/3",
        "miss: しつこい is STOP, read as STOP? (anger)",
        "FALSE OPT-OUT: 停止 is OTHER, read as STOP (keyword STOP)",
        "miss: 残高 is HELP, read as BALANCE (keyword BALANCE)",
    ]

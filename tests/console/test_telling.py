"""How figures, prices and states are written."""

from bot.text.language import Language
from console.dashboard.telling import lasting, percent
from console.screens import in_yen, state


def test_how_figures_are_written() -> None:
    assert [percent(each) for each in (None, 0, 0.3, 0.12345, 0.9999, 1)] == [
        "–",
        "0%",
        "30%",
        "12.3%",
        "99.9%",
        "100%",
    ]
    assert [lasting(each, Language.JA) for each in (None, 7.5, 90, 600, 7200, 172800)] == [
        "–",
        "7.5秒",
        "90秒",
        "10分",
        "2時間",
        "2日",
    ]


def test_states_are_told_in_words_and_those_of_other_flows_by_their_codes() -> None:
    for language, words in ((Language.JA, "下4桁を確認"), (Language.EN, "Asks for four digits")):
        assert state(language, "balance", "ask_digits") == words
        assert state(language, "survey", "ask_digits") == "ask_digits"
    assert state(Language.JA, "survey", "done") == "終了"


def test_yen_are_told_with_the_hundredths_that_there_are() -> None:
    assert [in_yen(each) for each in (25.0, 12.5, 1234.75, 100, 0.0)] == [
        "25",
        "12.5",
        "1,234.75",
        "100",
        "0",
    ]

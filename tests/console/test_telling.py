"""How figures are written."""

from bot.text.language import Language
from console.dashboard.telling import lasting, percent


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

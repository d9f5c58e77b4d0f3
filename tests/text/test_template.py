"""Placeholders: only `{name}`, filled verbatim, and errors that say what to write."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import HenjiError, TemplateError
from bot.text.template import check, placeholders, render

STRAY = [
    "{",
    "}",
    "{}",
    "{{name}}",
    "{ name }",
    "{Name}",
    "{1st}",
    "{_name}",
    "{na-me}",
    "{name!r}",
    "{name:>10}",
    "{name.__class__}",
    "{items[0]}",
    "{名前}",
    "{ｎａｍｅ}",
    "｛name｝",
    "{name",
    "name}",
    "{name\n}",
    "{a}{b}}",
]


@pytest.mark.parametrize("text", STRAY)
def test_any_other_brace_is_refused_with_what_to_write_instead(text: str) -> None:
    with pytest.raises(TemplateError, match=r"write \{name\}"):
        check(text)
    with pytest.raises(TemplateError):
        render(text, {"name": "x", "a": 1, "b": 2})


def test_the_error_says_where_the_brace_is() -> None:
    with pytest.raises(TemplateError, match=r"character 7 \('\{Url\}です'\)"):
        check("{a_1}:{Url}です")


def test_a_missing_value_is_named() -> None:
    with pytest.raises(TemplateError, match=r"value for \{link\}; it was given: brand, name\."):
        render("{name}様 {link}", {"name": "山田", "brand": "ヘンジ"})


def test_none_is_no_value() -> None:
    with pytest.raises(TemplateError, match=r"value for \{name\}"):
        render("{name}様", {"name": None})


def test_a_template_error_is_one_of_ours() -> None:
    assert issubclass(TemplateError, HenjiError)


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("", {}, ""),
        ("はい", {"unused": 1}, "はい"),
        (
            "【{b}】{name}様、{amount}",
            {"b": "ヘンジ", "name": "山田", "amount": 3},
            "【ヘンジ】山田様、3",
        ),
        ("{a}{a}", {"a": "x"}, "xx"),
        ("{zero}{empty}", {"zero": 0, "empty": ""}, "0"),
        ("{a}", {"a": "{b}", "b": "never"}, "{b}"),
        ("{a}", {"a": r"\1 \g<0> %s }"}, r"\1 \g<0> %s }"),
    ],
)
def test_values_go_in_verbatim(text: str, values: dict[str, object], filled: str) -> None:
    assert render(text, values) == filled


def test_placeholders_are_listed_once() -> None:
    assert placeholders("{b}: {name} {b} {item_2}") == {"b", "name", "item_2"}
    assert placeholders("12,800円") == frozenset()


@settings(deadline=None)
@given(st.text(), st.text(alphabet="{}a1_ ｛", max_size=12))
def test_a_text_either_checks_and_renders_or_does_neither(value: str, text: str) -> None:
    values = dict.fromkeys(placeholders(text), value)
    try:
        check(text)
    except TemplateError:
        with pytest.raises(TemplateError):
            render(text, values)
    else:
        assert render(text, values).count(value) >= len(values)

"""Pictures of flows: every state and move is there, nothing from outside, counts are right."""

from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element, fromstring

import pytest

from bot.dialogue.flow import DONE, START, Flow, move
from bot.dialogue.picture import draw
from bot.messaging.reports.moves import moves
from flows import FLOWS, balance
from tests.people import Texting, add_customer

HANAKO, TARO = "+819000000001", "+819000000002"
SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> Element:
    return fromstring(svg)


def texts(picture: Element, kind: str) -> list[str]:
    found = picture.iter(f"{SVG}text")
    return [str(one.text) for one in found if kind in str(one.get("class")).split()]


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_every_state_and_move_is_drawn_inside_the_picture(flow: Flow) -> None:
    picture = parsed(draw(flow))
    assert sorted(texts(picture, "name")) == sorted(flow.states)
    assert len(texts(picture, "label")) == sum(len(row.at) for row in flow.moves)
    width, height = (float(str(picture.get(side))) for side in ("width", "height"))
    for box in picture.iter(f"{SVG}rect"):
        at = {name: float(str(box.get(name))) for name in ("x", "y", "width", "height")}
        assert at["x"] >= 0
        assert at["x"] + at["width"] <= width
        assert at["y"] + at["height"] <= height
    assert draw(flow).count("http") == 1


def test_the_current_state_is_highlighted_and_arrows_are_counted() -> None:
    counts = {(START, "ask_digits"): 1200, ("ask_digits", DONE): 3}
    picture = parsed(draw(balance.flow, "ask_digits", counts))
    boxes = [str(one.get("class")) for one in picture.iter(f"{SVG}rect")]
    assert [one for one in boxes if "current" in one] == ["state current"]
    assert texts(picture, "count") == ["1,200", "3"]


def test_a_name_with_marks_is_only_a_name() -> None:
    flow = Flow("a<b>", (move("begin", START, "x<script>"), move("reply", "x<script>", DONE)))
    assert "<script>" not in draw(flow)
    assert "x<script>" in texts(parsed(draw(flow)), "name")


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_moves_are_counted_by_what_people_wrote(texting: Texting) -> None:
    add_customer(texting.runtime, HANAKO, "87654321", 5000)
    for text in ("残高", "9999", "残高", "4321", "はい", "支払い", "停止"):
        texting.hears(HANAKO, text)
    texting.hears(TARO, "残高")
    now = datetime.now(UTC)
    with texting.runtime.engine.connect() as connection:
        day = timedelta(days=1)
        counted = moves(connection, texting.runtime.flows, now - day, now + day)
        earlier = moves(connection, texting.runtime.flows, now - 2 * day, now - day)

    assert earlier == {}
    assert counted == {
        ("balance", START, "ask_digits"): 1,
        ("balance", "ask_digits", "ask_digits"): 2,
        ("balance", "ask_digits", DONE): 1,
        ("balance", START, DONE): 1,
        ("onboarding", START, "consent"): 2,
        ("onboarding", "consent", DONE): 1,
        ("payment", START, DONE): 1,
    }

"""A flow's table of moves as a picture: SVG, drawn here, with no service and no file from outside.

States lie in layers by the fewest moves that lead to them; what a move needs stands on its arrow.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from bot.dialogue.flow import DONE, START, Flow, Move

# From a state to a state, START and DONE among them.
Edge = tuple[str, str]
Counts = Mapping[Edge, int]

WIDTH, HEIGHT = 190, 44
ACROSS, DOWN = 350, 180
MARGIN = 40
# Room for the words of a loop on the right, and of moves that pass other states on the left.
RIGHT, LEFT = 110, 200
APART = 22
LINE = 15
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1b1f24 }
.state { fill: #ffffff; stroke: #57606a; stroke-width: 1.5 }
.end { fill: #eef1f4 }
.current { fill: #fff3c4; stroke: #9a6700; stroke-width: 3 }
.move { fill: none; stroke: #57606a; stroke-width: 1.3 }
.head { fill: #57606a }
.label { font-size: 11px; fill: #424a53; paint-order: stroke; stroke: #ffffff; stroke-width: 4 }
.count { font-weight: 700; fill: #0a3069 }
.name { text-anchor: middle; font-weight: 600 }
"""


@dataclass(frozen=True)
class _Place:
    """The middle of a state's box."""

    x: float
    y: float


@dataclass(frozen=True)
class _Route:
    """The line of an arrow as SVG writes it, and its words: where, and which end is there."""

    path: str
    label: _Place
    anchor: str


def label(row: Move) -> str:
    """A move by the names that its code has: what triggers it, and its condition if it has one."""
    return f"{row.trigger}: {condition(row).replace('_', ' ')}" if condition(row) else row.trigger


def condition(row: Move) -> str:
    """The name of a move's condition; empty where it has none."""
    return getattr(row.when, "__name__", "").strip("<>")


def draw(
    flow: Flow,
    current: str | None = None,
    counts: Counts | None = None,
    styled: bool = True,
    label: Callable[[Move], str] = label,
    name: Callable[[str], str] = str,
) -> str:
    """The picture of a flow as SVG; `current` is the state to highlight, `counts` how often each
    arrow was taken, `label` what stands on one for a move, `name` what a state is called.

    One that is not `styled` is for a page whose own style knows its classes.
    """
    layers, arrows = _layers(flow), edges(flow, label)
    places = _places(layers)
    width = LEFT + max(map(len, layers)) * ACROSS + RIGHT
    height = (len(layers) - 1) * DOWN + HEIGHT + 2 * MARGIN
    svg = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width} {height}",
            "width": str(width),
            "height": str(height),
            "role": "img",
        },
    )
    SubElement(svg, "title").text = f"{flow.name}"
    if styled:
        SubElement(svg, "style").text = STYLE
    _arrow_head(svg)
    for edge, labels in arrows.items():
        _draw_edge(svg, _route(places, edge), labels, (counts or {}).get(edge))
    for state, place in places.items():
        _draw_state(svg, state, name(state), place, state == current)
    return tostring(svg, encoding="unicode")


def edges(flow: Flow, label: Callable[[Move], str] = label) -> Mapping[Edge, Sequence[str]]:
    """Every arrow with a line for each move that takes it."""
    found: dict[Edge, list[str]] = defaultdict(list)
    for row in flow.moves:
        for state in row.at:
            found[state, row.to or state].append(label(row))
    return found


def _layers(flow: Flow) -> list[list[str]]:
    """States by their distance from the start; the end stands alone below."""
    ways: dict[str, list[str]] = defaultdict(list)
    for start, end in edges(flow):
        ways[start].append(end)
    depth = {START: 0}
    ahead = deque([START])
    while ahead:
        state = ahead.popleft()
        for following in ways[state]:
            if following not in depth and following != DONE:
                depth[following] = depth[state] + 1
                ahead.append(following)
    layers: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for state, at in depth.items():
        layers[at].append(state)
    return [*layers, [DONE]]


def _places(layers: Sequence[Sequence[str]]) -> dict[str, _Place]:
    middle = LEFT + max(map(len, layers)) * ACROSS / 2
    places = {}
    for row, states in enumerate(layers):
        left = middle - len(states) * ACROSS / 2
        for column, state in enumerate(states):
            x = left + (column + 0.5) * ACROSS
            places[state] = _Place(x, MARGIN + HEIGHT / 2 + row * DOWN)
    return places


def _draw_state(svg: Element, state: str, name: str, place: _Place, current: bool) -> None:
    kind = "state end" if state in {START, DONE} else "state"
    box = {
        "class": f"{kind} current" if current else kind,
        "x": f"{place.x - WIDTH / 2:g}",
        "y": f"{place.y - HEIGHT / 2:g}",
        "width": str(WIDTH),
        "height": str(HEIGHT),
        "rx": "10",
    }
    SubElement(svg, "rect", box)
    written = {"class": "name", "x": f"{place.x:g}", "y": f"{place.y + 4:g}"}
    SubElement(svg, "text", written).text = name


def _draw_edge(svg: Element, route: _Route, labels: Sequence[str], count: int | None) -> None:
    SubElement(svg, "path", {"class": "move", "d": route.path, "marker-end": "url(#head)"})
    lines = list(_lines(labels, count))
    top = route.label.y - (len(lines) - 1) * LINE / 2
    for number, (text, kind) in enumerate(lines):
        y = f"{top + number * LINE:g}"
        told = {"class": kind, "x": f"{route.label.x:g}", "y": y, "text-anchor": route.anchor}
        SubElement(svg, "text", told).text = text


def _lines(labels: Sequence[str], count: int | None) -> Iterator[tuple[str, str]]:
    if count is not None:
        yield f"{count:,}", "label count"
    yield from ((label, "label") for label in labels)


def _route(places: Mapping[str, _Place], edge: Edge) -> _Route:
    """The line of an arrow, and where its words stand."""
    start, end = places[edge[0]], places[edge[1]]
    if start == end:
        return _loop(start)
    if start.y == end.y:
        return _beside(start, end)
    if end.y - start.y == DOWN:
        return _down(start, end, places[START].x)
    return _around(start, end, min(place.x for place in places.values()))


def _loop(place: _Place) -> _Route:
    x, y = place.x + WIDTH / 2, place.y
    line = f"M {x:g} {y - 10:g} C {x + 50:g} {y - 50:g} {x + 50:g} {y + 50:g} {x:g} {y + 10:g}"
    return _Route(line, _Place(x + 42, y + 4), "start")


def _down(start: _Place, end: _Place, middle: float) -> _Route:
    """Straight down, with the words on the side of the picture that it is on."""
    top, bottom = start.y + HEIGHT / 2, end.y - HEIGHT / 2
    line = f"M {start.x:g} {top:g} L {end.x:g} {bottom:g}"
    left = (start.x + end.x) / 2 < middle
    label = _Place((start.x + end.x) / 2 + (-8 if left else 8), (top + bottom) / 2 + 4)
    return _Route(line, label, "end" if left else "start")


def _beside(start: _Place, end: _Place) -> _Route:
    """In an arch to a state of the same layer: above to the right, below to the left."""
    side = -1 if start.x < end.x else 1
    y, out = start.y + side * HEIGHT / 2, start.y + side * (HEIGHT / 2 + 50)
    line = f"M {start.x:g} {y:g} C {start.x:g} {out:g} {end.x:g} {out:g} {end.x:g} {y:g}"
    return _Route(line, _Place((start.x + end.x) / 2, out + side * 4), "middle")


def _around(start: _Place, end: _Place, leftmost: float) -> _Route:
    """Past all other states, on the left; each pair of layers has a lane of its own."""
    left, right = start.x - WIDTH / 2, end.x - WIDTH / 2
    lanes = abs(end.y - start.y) / DOWN
    out = leftmost - WIDTH / 2 - 20 - lanes * APART
    line = f"M {left:g} {start.y:g} C {out:g} {start.y:g} {out:g} {end.y:g} {right:g} {end.y:g}"
    edge = out + (min(left, right) - out) / 4
    return _Route(line, _Place(edge - 6, (start.y + end.y) / 2 + 4), "end")


def _arrow_head(svg: Element) -> None:
    head = {
        "id": "head",
        "viewBox": "0 0 10 10",
        "refX": "9",
        "refY": "5",
        "markerWidth": "8",
        "markerHeight": "8",
        "orient": "auto",
    }
    marker = SubElement(SubElement(svg, "defs"), "marker", head)
    SubElement(marker, "path", {"class": "head", "d": "M 0 0 L 10 5 L 0 10 z"})

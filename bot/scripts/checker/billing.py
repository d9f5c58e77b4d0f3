"""What a text costs: its steps by each billing table, and yen where a step's price is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.scripts import sheet
from bot.scripts.sheet import Value
from bot.text import segments

FILE = Path(__file__).with_name("billing.yaml")


@dataclass(frozen=True)
class Steps:
    """How many units one step holds: of a text that is one step, and of one that is several."""

    alone: int
    part: int

    def of(self, units: int) -> int:
        """The steps of so many units."""
        return 1 if units <= self.alone else -(-units // self.part)


@dataclass(frozen=True)
class Table:
    """How some providers bill; `bills` says which."""

    name: str
    bills: str
    ucs2: Steps
    gsm7: Steps

    def steps(self, text: str) -> int:
        """The steps of a text as it leaves."""
        size = segments.count(text)
        by = self.gsm7 if size.encoding == "GSM-7" else self.ucs2
        # Where a step is a segment, no letter is parted by its end.
        return size.segments if by in _SEGMENTS else by.of(size.units)


_SEGMENTS = (Steps(160, 153), Steps(70, 67))


@cache
def tables() -> Mapping[str, Table]:
    """Every billing table by its name."""
    return {name: _table(name, entry) for name, entry in sheet.read(FILE).items()}


# Yen a step by the name of a table, where it is known.
PerStep = Mapping[str, float]


def yen(text: str, per_step: PerStep) -> Mapping[str, Mapping[str, float | int | None]]:
    """By table the steps of a text, and their price where that of a step is known."""
    steps = {name: table.steps(text) for name, table in tables().items()}
    priced = priced_of(steps, per_step)
    return {name: {"steps": count, "yen": priced.get(name)} for name, count in steps.items()}


def priced_of(steps: Mapping[str, int], per_step: PerStep) -> Mapping[str, float]:
    """What steps cost in yen, by the tables whose price is known."""
    return {
        name: round(count * per_step[name], 2) for name, count in steps.items() if name in per_step
    }


def _table(name: str, entry: Value) -> Table:
    parts = entry.entries(name)
    return Table(name, parts["bills"].text(name), _steps(parts["ucs2"]), _steps(parts["gsm7"]))


def _steps(value: Value) -> Steps:
    parts = value.entries("steps")
    return Steps(int(parts["alone"].text("alone")), int(parts["part"].text("part")))

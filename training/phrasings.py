"""Labelled texts to learn from: families of phrasings, and the labelled files."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from bot.dialogue.score import parse

HERE = Path(__file__).parent
EACH = 120
_SLOT = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Example:
    """One text, its label, and the family that it must not be separated from when testing."""

    text: str
    label: str
    family: str


def generated(seed: int = 1) -> Iterator[Example]:
    """At most 120 texts of every family; the same for the same seed."""
    data = YAML(typ="safe").load((HERE / "families.yaml").read_text("utf-8"))
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    for name, family in data["families"].items():
        texts = {
            _filled(chance.choice(family["texts"]), data["slots"], chance) for _ in range(EACH)
        }
        yield from (Example(text, family["label"], name) for text in sorted(texts))


def _filled(template: str, slots: dict[str, list[str]], chance: random.Random) -> str:
    return _SLOT.sub(lambda slot: chance.choice(slots[slot.group(1)]), template)


def labelled() -> Iterator[Example]:
    """The labelled files beside this module; ten rows that follow each other are a family."""
    for file in sorted(HERE.glob("*.tsv")):
        for number, row in enumerate(parse(file.read_text("utf-8").splitlines())):
            yield Example(row.text, row.label, f"{file.stem}:{number // 10}")

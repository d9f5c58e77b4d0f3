"""Train the statistical layer: `python -m training.train`; the standard library is enough.

Multinomial logistic regression by stochastic gradient descent over n-gram presence.
"""

import math
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.dialogue.statistics import Model, ngrams
from bot.text.normalize import normalize
from training.phrasings import Example, generated, labelled

ROUNDS = 8
RATE = 0.15
DECAY = 0.7
# Weights below this (in hundredths) change nothing worth their place in the file.
FAINTEST = 12
TARGET = Path(__file__).parent.parent / "locales" / "statistics.json"

Row = tuple[list[str], int]


def train(examples: Iterable[Example], seed: int = 1) -> Model:
    """A model of these examples; the same for the same examples and seed."""
    found = sorted(set(examples), key=lambda example: (example.label, example.text))
    labels = tuple(sorted({example.label for example in found}))
    rows = [(sorted(ngrams(normalize(e.text))), labels.index(e.label)) for e in found]
    weights: dict[str, list[float]] = {}
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    for number in range(ROUNDS):
        chance.shuffle(rows)
        for row in rows:
            _learn(weights, row, len(labels), RATE * DECAY**number)
    return Model(labels, _rounded(weights))


def _learn(weights: dict[str, list[float]], row: Row, count: int, rate: float) -> None:
    features, label = row
    known = [weights.setdefault(feature, [0.0] * count) for feature in features]
    chances = _chances([sum(column) for column in zip(*known, strict=True)])
    steps = [rate * ((index == label) - chance) for index, chance in enumerate(chances)]
    for vector in known:
        for index, step in enumerate(steps):
            vector[index] += step


def _chances(scores: Sequence[float]) -> list[float]:
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def _rounded(weights: dict[str, list[float]]) -> dict[str, dict[int, int]]:
    rounded = {
        feature: {i: round(w * 100) for i, w in enumerate(vector) if abs(w) * 100 >= FAINTEST}
        for feature, vector in weights.items()
    }
    return {feature: row for feature, row in rounded.items() if row}


def main() -> None:
    """Train on everything and write the model."""
    TARGET.write_text(train([*generated(), *labelled()]).dump(), "utf-8")


if __name__ == "__main__":
    main()

"""The statistical layer: a linear model over character n-grams, for texts no rule understood.

It is trained by `training/train.py` and kept as data in `locales/statistics.json`.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LONGEST = 120
SIZES = (1, 2, 3, 4)


@dataclass(frozen=True)
class Guess:
    """The likeliest label of a text, how likely it is (0 to 1), and the n-grams that spoke."""

    label: str
    probability: float
    features: tuple[str, ...]


@dataclass(frozen=True)
class Model:
    """Weights of n-grams for each label, in hundredths; `weights[ngram]` maps label indexes."""

    labels: tuple[str, ...]
    weights: Mapping[str, Mapping[int, int]]

    @classmethod
    def load(cls, file: Path) -> "Model":
        """Read a model as `dump` wrote it."""
        data = json.loads(file.read_text("utf-8"))
        weights = {
            ngram: dict(zip(pairs[::2], pairs[1::2], strict=True))
            for ngram, pairs in data["weights"].items()
        }
        return cls(tuple(data["labels"]), weights)

    def dump(self) -> str:
        """The model as JSON: each n-gram with label index and weight in turn."""
        flat = {
            ngram: [number for pair in sorted(row.items()) for number in pair]
            for ngram, row in sorted(self.weights.items())
        }
        data = {"labels": self.labels, "weights": flat}
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"

    def guess(self, form: str) -> Guess:
        """The likeliest label of a text in matching form."""
        known = [ngram for ngram in ngrams(form) if ngram in self.weights]
        scores = [0] * len(self.labels)
        for ngram in known:
            for label, weight in self.weights[ngram].items():
                scores[label] += weight
        best = max(range(len(scores)), key=scores.__getitem__)
        return Guess(self.labels[best], _probability(scores, best), self._loudest(known, best))

    def _loudest(self, known: Sequence[str], label: int) -> tuple[str, ...]:
        """The three n-grams that spoke most for a label."""
        loud = sorted(known, key=lambda ngram: -self.weights[ngram].get(label, 0))
        return tuple(loud[:3])


def _probability(scores: Sequence[int], best: int) -> float:
    return 1 / sum(math.exp(max(score - scores[best], -5000) / 100) for score in scores)


def ngrams(form: str) -> frozenset[str]:
    """Every run of one to four characters of a text, with a mark at both ends."""
    marked = f"^{form[:LONGEST]}$"
    return frozenset(
        marked[start : start + size] for size in SIZES for start in range(len(marked) - size + 1)
    )

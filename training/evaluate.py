"""Does the statistical layer pay? `python -m training.evaluate` holds out whole families.

For every fifth of the families a model is trained on the rest, and both ways of reading the rows
held out are compared: rules alone, and rules with the model.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.dialogue.score import Labelled, Score, Scored, score
from bot.dialogue.vocabulary import Vocabulary
from bot.scripts.shipped import LOCALES, load_vocabulary
from training.phrasings import Example, generated, labelled
from training.train import train

FOLDS = 5

Rows = list[tuple[Example, Scored]]


def main() -> None:
    """Print both scores over all folds, the generated families and the labelled files apart."""
    examples = [*generated(), *labelled()]
    vocabulary = load_vocabulary(LOCALES)
    ways = [_ways(examples, fold, vocabulary) for fold in range(FOLDS)]
    for kind, from_file in (("generated", False), ("labelled", True)):
        for way, name in enumerate(("rules alone", "with the model")):
            rows = [row for fold in ways for e, row in fold[way] if (":" in e.family) == from_file]
            print(f"{kind}, {name}: {_summary(rows)}")


def _ways(examples: list[Example], fold: int, vocabulary: Vocabulary) -> tuple[Rows, Rows]:
    """The rows held out in a fold, read without and with the model of the other families."""
    rest, held_out = _split(examples, fold)
    rows = [Labelled(example.label, example.text) for example in held_out]
    alone = score(rows, replace(vocabulary, model=None))
    helped = score(rows, replace(vocabulary, model=train(rest)))
    return (
        list(zip(held_out, alone.rows, strict=True)),
        list(zip(held_out, helped.rows, strict=True)),
    )


def _split(examples: Sequence[Example], fold: int) -> tuple[list[Example], list[Example]]:
    families = sorted({example.family for example in examples})
    chosen = set(families[fold::FOLDS])
    rest = [example for example in examples if example.family not in chosen]
    return rest, [example for example in examples if example.family in chosen]


def _summary(rows: Sequence[Scored]) -> str:
    whole = Score(tuple(rows))
    right = len(rows) - len(whole.misses)
    stop = whole.recall().get("STOP", (0, 0))
    return (
        f"{right}/{len(rows)} right, stops {stop[0]}/{stop[1]} obeyed and "
        f"{whole.stops_acted_or_asked} obeyed or asked, {len(whole.false_stops)} false stops"
    )


if __name__ == "__main__":
    main()

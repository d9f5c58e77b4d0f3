"""The statistical layer: what it says, how sure it is, and why."""

from pathlib import Path

import pytest

from bot.dialogue.intents import understand
from bot.dialogue.statistics import Model, ngrams
from bot.dialogue.vocabulary import Intent, Vocabulary
from training.phrasings import Example
from training.train import train

EXAMPLES = [
    *(Example(text, "STOP", "stop") for text in ("いやや送信", "もういや", "いやなの送信")),
    *(Example(text, "PAY", "pay") for text in ("はらうわ", "はらいたい", "いまはらう")),
]
MODEL = train(EXAMPLES * 5)


def test_ngrams_know_where_a_text_begins_and_ends() -> None:
    assert ngrams("はい") == {
        "^",
        "は",
        "い",
        "$",
        "^は",
        "はい",
        "い$",
        "^はい",
        "はい$",
        "^はい$",
    }


@pytest.mark.parametrize(("text", "label"), [("いやな送信", "STOP"), ("はらうよ", "PAY")])
def test_a_text_is_guessed_by_what_it_resembles(text: str, label: str) -> None:
    guess = MODEL.guess(text)

    assert guess.label == label
    assert 0.5 < guess.probability <= 1
    assert all(feature in f"^{text}$" for feature in guess.features)


def test_a_text_that_resembles_nothing_is_not_guessed_with_confidence() -> None:
    assert MODEL.guess("zzz").probability < 0.9


def test_a_stop_by_statistics_alone_is_always_asked_back() -> None:
    sure = Model(("STOP", "OTHER"), {"ぬ": {0: 2000}})
    reading = understand("ぬるぽ", Vocabulary({}, frozenset(), model=sure))

    assert (reading.intent, reading.clarify) == (Intent.STOP, True)
    assert reading.trace["rule"] == "likely STOP (100%)"


def test_a_model_survives_its_file(tmp_path: Path) -> None:
    file = tmp_path / "model.json"
    file.write_text(MODEL.dump(), "utf-8")

    assert Model.load(file) == MODEL

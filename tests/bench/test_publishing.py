"""What the carrier heard while scripts were published: whole answers, each of one edition."""

import pytest

from bench.figures import spread
from bench.publishing import Answers, editions

HEARD = [
    ("+819000000001", "【例示商会】ご登録がありません。"),
    ("+819000000002", "【例示商会】ご登録がありません。第3版"),
    ("+819000000001", "【例示商会】よろしいですか。"),
    ("+819000000002", "【例示商会】よろしいですか。第3版"),
]


def answers(heard: list[tuple[str, str]], accepted: int = 2) -> Answers:
    return Answers(editions(heard), accepted, 3, spread([0.01]))


def test_answers_of_one_edition_each_pass() -> None:
    assert editions(HEARD) == [(0, 0), (3, 3)]
    assert answers(HEARD).passed


@pytest.mark.parametrize(
    ("heard", "accepted"),
    [
        pytest.param([*HEARD[:3], (HEARD[1][0], "よろしいですか。第4版")], 2, id="mixed"),
        pytest.param(HEARD[:3], 2, id="a message is missing"),
        pytest.param([*HEARD, HEARD[1]], 2, id="a message came twice"),
        pytest.param(HEARD, 3, id="a text has no answer"),
        pytest.param(HEARD[::2], 1, id="nothing was published"),
    ],
)
def test_anything_else_fails(heard: list[tuple[str, str]], accepted: int) -> None:
    assert not answers(heard, accepted).passed

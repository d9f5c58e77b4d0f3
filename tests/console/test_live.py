"""How long a text may take until it shows in an open page, by what waits on its way."""

import re
from pathlib import Path

import pytest

import console
from bot.overview.indexing import EVERY_S
from console.conversations.watch import LOOK_S

STATIC = Path(console.__file__).parent / "static"


@pytest.mark.parametrize("page", ["list", "talk"])
def test_half_a_second_of_waiting_at_the_most_leaves_as_much_for_work(page: str) -> None:
    code = (STATIC / f"{page}.js").read_text("utf-8")
    renews_after = re.search(r"const RENEW_AFTER_MS = (\d+);", code)

    assert renews_after
    assert "setTimeout(renew, RENEW_AFTER_MS)" in code
    assert EVERY_S + LOOK_S + int(renews_after[1]) / 1000 <= 0.5

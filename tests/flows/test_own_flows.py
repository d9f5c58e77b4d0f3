"""Flows of one's own: a module outside this repository is named, checked and talked to."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import build_runtime, create_app
from bot.errors import FlowError, HenjiError, ScriptError, SettingError
from bot.runtime import Runtime
from bot.settings import load
from tests.carrier import Carrier
from tests.conftest import ENVIRONMENT
from tests.people import Texting

HANAKO = "+819000000001"
OWN = "tests.flows.booking"


@pytest.fixture
def booking(runtime: Runtime, environment: dict[str, str], carrier: Carrier) -> Iterator[Texting]:
    made = build_runtime(load(environment={**environment, "HENJI_FLOW_MODULES": OWN}))
    yield Texting(
        replace(made, provider=carrier), create_app(replace(made, provider=carrier)).test_client()
    )
    made.engine.dispose()
    made.redis.close()
    made.wire.close()


def test_a_flow_of_ones_own_is_talked_to(booking: Texting, carrier: Carrier) -> None:
    assert booking.says(HANAKO, "予約　7/15") == ["booking.ask_party"]
    assert booking.says(HANAKO, "たくさん") == ["booking.ask_party"]
    assert booking.says(HANAKO, "4") == ["booking.confirm"]
    assert booking.says(HANAKO, "戻る") == ["booking.ask_party"]
    assert booking.says(HANAKO, "5") == ["booking.confirm"]
    assert booking.says(HANAKO, "はい") == ["booking.booked", "onboarding.consent"]
    assert carrier.bodies()[5] == "【例示商会】5名様、お席A-7でお待ちしております。"


def test_a_no_ends_it_without_a_word_of_its_own(booking: Texting) -> None:
    booking.says(HANAKO, "book")
    booking.says(HANAKO, "2")

    assert booking.says(HANAKO, "no") == ["onboarding.consent"]


def test_a_stop_wins_in_it_too(booking: Texting) -> None:
    booking.says(HANAKO, "予約")

    assert booking.says(HANAKO, "配信停止") == ["consent.stopped"]


BROKEN: list[tuple[str, str, type[HenjiError], str]] = [
    ("no_such_module", "", SettingError, "HENJI_FLOW_MODULES is wrong: no_such_module"),
    ("own_empty", "", SettingError, "own_empty cannot be used: it offers no FLOWS"),
    ("own_no_locales", "FLOWS = ()", SettingError, "it offers no LOCALES"),
    ("own_number", "FLOWS = 1\nLOCALES = '.'", SettingError, "its FLOWS are no tuple of flows"),
    ("own_words", "FLOWS = ('x',)\nLOCALES = '.'", SettingError, "its FLOWS are no tuple"),
    ("own_raises", "raise ValueError('broken')", SettingError, "ValueError: broken"),
    (
        "own_wordless",
        "from bot.dialogue.flow import Flow, move, START, DONE\n"
        "from pathlib import Path\nLOCALES = Path(__file__).parent / 'words'\n"
        "FLOWS = (Flow('shop', (move('begin', START, 'ask'), move('reply', 'ask', DONE))),)",
        ScriptError,
        "The flow shop needs the script ask",
    ),
    (
        "own_twin",
        "from bot.dialogue.flow import Flow, move, START, DONE\n"
        "from pathlib import Path\nLOCALES = Path(__file__).parent / 'words'\n"
        "FLOWS = (Flow('balance', (move('begin', START, DONE),)),)",
        FlowError,
        "Two flows are called balance",
    ),
]


@pytest.mark.parametrize(("name", "source", "error", "message"), BROKEN, ids=[b[0] for b in BROKEN])
def test_a_module_that_cannot_be_used_stops_the_start(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    source: str,
    error: type[HenjiError],
    message: str,
) -> None:
    for language in ("ja", "en"):
        (tmp_path / "words" / language).mkdir(parents=True)
    if name != "no_such_module":
        (tmp_path / f"{name}.py").write_text(source, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(error, match=message):
        build_runtime(load(environment={**ENVIRONMENT, "HENJI_FLOW_MODULES": name}))
    sys.modules.pop(name, None)

"""How each fault is brought about: a story that breaks something, waits, and mends it."""

import signal
from collections.abc import Callable, Mapping
from typing import Any

from chaos.catalogue import CARRIER
from chaos.faults.processes import (
    SKEW_S,
    deployed,
    frozen,
    killed,
    killed_at_post,
    killed_before_it_marks,
    skewed,
    web_child_frozen,
    web_child_killed,
    web_killed_in_a_text,
    web_parent_killed,
)
from chaos.faults.servers import (
    carrier_down,
    database_cut,
    database_ended,
    database_frozen,
    database_full,
    valkey_emptied,
    valkey_flushed,
    valkey_full,
    valkey_stopped,
)
from chaos.stage import Stage, Story
from handset.faults import Plan

CALM = Plan()


STORIES: Mapping[str, Callable[[Stage, float], Story]] = {
    "kill web": killed("web"),
    "kill web parent": web_parent_killed,
    "kill web child": web_child_killed,
    "kill web in a text": web_killed_in_a_text,
    "kill worker": killed("worker"),
    "kill worker-2": killed("worker-2"),
    "kill clock": killed("clock"),
    "kill before accept": killed_at_post("hold_before_accept"),
    "kill after accept": killed_at_post("hold_after_accept"),
    "kill before mark": killed_before_it_marks,
    "carrier down": carrier_down,
    "freeze worker": frozen("worker"),
    "freeze worker past its lease": frozen("worker"),
    "freeze web child": web_child_frozen,
    "freeze clock": frozen("clock"),
    "deploy": deployed,
    "valkey killed": killed("valkey"),
    "valkey stopped": valkey_stopped,
    "valkey emptied": valkey_emptied,
    "valkey flushed": valkey_flushed,
    "valkey frozen": frozen("valkey"),
    "valkey full": valkey_full,
    "database stopped": database_ended(signal.SIGINT),
    "database stopped at once": database_ended(signal.SIGQUIT),
    "database killed": database_ended(signal.SIGKILL),
    "database connections cut": database_cut,
    "database frozen": database_frozen,
    "database full": database_full,
    "clock ahead": skewed(SKEW_S, "worker-2", "clock"),
    "clock behind": skewed(-SKEW_S, "worker-2", "web"),
}


def story(stage: Stage, fault: str, lasts: float) -> Story:
    """The story of a fault by its name; it yields the seconds to wait for before it goes on.

    Raises NotPossible where this machine lacks what it takes.
    """
    if fault in CARRIER:
        return _carrier(stage, CARRIER[fault].wishes, lasts)
    return STORIES[fault](stage, lasts)


def _carrier(stage: Stage, wishes: Mapping[str, Any], lasts: float) -> Story:
    stage.ask(**wishes)
    yield lasts
    stage.ask(**{name: getattr(CALM, name, {"rate": 0}) for name in wishes})

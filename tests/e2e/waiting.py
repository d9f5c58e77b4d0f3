"""The one way in which these tests wait: for a condition, with a deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

LOOK_AGAIN_S = 0.05


def until(condition: Callable[[], Found], within: float = 30) -> Found:
    """What the condition gives as soon as it is true; AssertionError after `within` seconds."""
    deadline = time.monotonic() + within
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not so within {within} s, but {found!r}"
        time.sleep(LOOK_AGAIN_S)
    return found

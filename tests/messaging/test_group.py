"""What waits at the same time is worked on together; nobody waits for a thread of its own."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messaging.answering.group import Group


class Slow:
    """Work whose first batch waits until it is let go, so that others gather behind it."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self, items: Sequence[str]) -> list[str]:
        self.batches.append(list(items))
        if len(self.batches) == 1:
            self.begun.set()
            assert self.go.wait(10)
        if "bad" in items:
            raise ZeroDivisionError
        return [item.upper() for item in items]


def brought(group: Group[str, str], slow: Slow, items: Sequence[str]) -> list[Future[str]]:
    """Bring the first item, and while it is worked on the others, in their order."""
    pool = ThreadPoolExecutor(len(items))
    futures = [pool.submit(group.do, items[0])]
    assert slow.begun.wait(10)
    for count, item in enumerate(items[1:], 1):
        futures.append(pool.submit(group.do, item))
        while len(group._waiting) < count:
            assert not futures[-1].done()
    slow.go.set()
    pool.shutdown(wait=True)
    return futures


def test_what_gathers_behind_a_batch_is_the_next_batch() -> None:
    slow = Slow()
    futures = brought(Group(slow, key=str), slow, ["a", "b", "c", "d"])
    assert [future.result() for future in futures] == ["A", "B", "C", "D"]
    assert slow.batches == [["a"], ["b", "c", "d"]]


def test_a_batch_has_a_largest_size() -> None:
    slow = Slow()
    futures = brought(Group(slow, key=str, most=2), slow, ["a", "b", "c", "d"])
    assert [future.result() for future in futures] == ["A", "B", "C", "D"]
    assert slow.batches == [["a"], ["b", "c"], ["d"]]


def test_items_of_one_key_go_one_after_the_other_in_their_order() -> None:
    slow = Slow()
    items = ["x", "a1", "b1", "a2", "a3", "b2"]
    futures = brought(Group(slow, key=lambda item: item[0]), slow, items)
    assert [future.result() for future in futures] == [item.upper() for item in items]
    assert slow.batches == [["x"], ["a1", "b1"], ["a2", "b2"], ["a3"]]


def test_what_the_work_raises_is_raised_to_its_batch_and_no_other() -> None:
    slow = Slow()
    futures = brought(Group(slow, key=str, most=2), slow, ["a", "bad", "b", "c"])
    assert futures[0].result() == "A"
    for future in futures[1:3]:
        with pytest.raises(ZeroDivisionError):
            future.result()
    assert futures[3].result() == "C"


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60), st.integers(1, 8))
def test_every_item_is_worked_on_once_whatever_the_rush(items: list[int], most: int) -> None:
    done: list[int] = []

    def work(batch: Sequence[int]) -> list[int]:
        assert len(set(batch)) == len(batch) <= most
        done.extend(batch)
        return [item * 10 for item in batch]

    group: Group[int, int] = Group(work, key=lambda item: item, most=most)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(group.do, items)) == [item * 10 for item in items]
    assert sorted(done) == sorted(items)

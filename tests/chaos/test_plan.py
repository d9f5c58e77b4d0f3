"""A plan is fixed by its seed, holds what was asked for, and ends."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from chaos import plan
from chaos.catalogue import CARRIER, EVERY, KILLS, OTHERS
from chaos.faults import STORIES
from handset.faults import Faults

seeds = st.integers(0, 2**32)


def test_the_same_seed_makes_the_same_plan() -> None:
    assert plan.make(7, 300, 20, 60) == plan.make(7, 300, 20, 60)
    assert plan.make(7, 300, 20, 60) != plan.make(8, 300, 20, 60)


@given(seeds, st.integers(1, 200), st.integers(0, 40), st.floats(5, 600))
def test_a_plan_holds_what_was_asked_for(
    seed: int, messages: int, kills: int, seconds: float
) -> None:
    made = plan.make(seed, messages, kills, seconds)

    assert len(made.texts) == messages
    assert sum(act.fault in KILLS for act in made.acts) == kills
    assert len({text.sid for text in made.texts}) == messages
    assert {text.number for text in made.texts} <= {person.number for person in made.people}
    assert [act.at for act in made.acts] == sorted(act.at for act in made.acts)
    assert all(0 < act.at <= seconds for act in made.acts)


@given(seeds)
def test_in_three_minutes_every_fault_happens(seed: int) -> None:
    acts = Counter(act.fault for act in plan.make(seed, 1, 30, 180).acts)

    assert set(acts) == set(EVERY)


def test_every_fault_has_a_story() -> None:
    assert set(STORIES) == set(KILLS) | set(OTHERS)


def test_the_carrier_knows_all_that_is_asked_of_it() -> None:
    for fault in CARRIER.values():
        Faults().change(fault.wishes)

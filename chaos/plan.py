"""What a run will do, fixed by its seed: which texts, which faults, when, and for how long."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from chaos import people
from chaos.catalogue import CARRIER, KILLS, OTHERS, Break
from chaos.people import Person, Text

# The first texts find everything well, and so do the last.
QUIET_S = 1.0
PAUSE_S = 0.7
OTHERS_EVERY_S = 8.0


@dataclass(frozen=True)
class Act:
    """A fault that begins `at` seconds after the start and ends `lasts` seconds later."""

    at: float
    fault: str
    lasts: float


@dataclass(frozen=True)
class Plan:
    """All of one run."""

    seed: int
    seconds: float
    people: tuple[Person, ...]
    texts: tuple[Text, ...]
    acts: tuple[Act, ...]

    @property
    def refused(self) -> Mapping[str, int]:
        """The numbers that the network refuses for good, with their codes."""
        return {one.number: one.refusal for one in self.people if one.refusal is not None}


def make(seed: int, messages: int, kills: int, seconds: float) -> Plan:
    """The plan of a seed: the same for the same arguments, on every machine."""
    dice = random.Random(seed)  # noqa: S311 - not a secret
    everybody, texts = people.make(dice, messages, seconds)
    others = round(seconds / OTHERS_EVERY_S)
    acts = [
        *_one_after_the_other(dice, seconds),
        *_spread(dice, KILLS, kills, seconds),
        *_spread(dice, OTHERS, others, seconds),
    ]
    acts.sort(key=lambda act: act.at)
    return Plan(seed, seconds, tuple(everybody), tuple(texts), tuple(acts))


def _one_after_the_other(dice: random.Random, seconds: float) -> list[Act]:
    """The carrier's bad days follow each other, so that each shows what it does by itself."""
    acts, at = [], QUIET_S
    while at < seconds - QUIET_S:
        for fault in dice.sample(list(CARRIER), len(CARRIER)):
            lasts = min(dice.uniform(*CARRIER[fault].lasts), seconds - at)
            if lasts > 0:
                acts.append(Act(at, fault, lasts))
            at += lasts + PAUSE_S
    return acts


def _spread(
    dice: random.Random, faults: Mapping[str, Break], count: int, seconds: float
) -> list[Act]:
    """So many faults at even distances, each kind as often as it should be beside the others."""
    kinds = [fault for fault, one in faults.items() for _ in range(one.often)]
    deck: list[str] = []
    while len(deck) < count:
        deck += dice.sample(kinds, len(kinds))
    step = (seconds - QUIET_S) / max(count, 1)
    return [
        Act(QUIET_S + step * (position + dice.random()), fault, dice.uniform(*faults[fault].lasts))
        for position, fault in enumerate(deck[:count])
    ]

"""Who texts, what and when: conversations made from a seed, so that a run can be repeated."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

from bench.texts import number as number_of
from chaos import poison

# Worn by the texts that mean nothing, so that one can look for them where no text may be.
MARK = "himitsu"
_BALANCE = ("残高", "BALANCE", "残高を教えて")
_STOP = ("停止", "STOP", "ＳＴＯＰ。", "配信停止", "もう送らないで")
_START = ("START", "配信開始", "再開")
_KINDS = {
    "balance": 18,
    "digits": 14,
    "wrong": 5,
    "help": 14,
    "stop": 8,
    "start": 6,
    "yes": 8,
    "no": 4,
    "language": 6,
    "pay": 8,
    "person": 2,
    "nonsense": 10,
    "long": 1,
}
_POISONED = 0.03
_LONGEST_TALK = 7
_PAYERS = 0.1
_CUSTOMERS = 0.6
_REFUSED = 0.02
# Codes about a number, and one about a country: a few numbers that are refused so must not silence
# the others. What concerns a whole account would touch everybody.
_CODES = (21211, 21408, 21610, 21612, 21614, 21635)
# Twilio brings a text again after seconds or minutes where an answer of ours was lost.
_AGAIN = 0.08
_AGAIN_AFTER = (1.0, 8.0)


@dataclass(frozen=True)
class Text:
    """One text, `at` so many seconds after the start; brought again `again` seconds later."""

    at: float
    number: str
    body: str
    sid: str
    again: float | None = None


@dataclass(frozen=True)
class Person:
    """One number; a customer has the last four `digits` and owes `due` yen, a payer pays it.

    The network refuses every message to a number with a `refusal`, by this code.
    """

    number: str
    digits: str | None = None
    due: int = 0
    pays: bool = False
    refusal: int | None = None


def make(dice: random.Random, messages: int, seconds: float) -> tuple[list[Person], list[Text]]:
    """As many people as it takes for so many texts within this time, both in order."""
    people: list[Person] = []
    texts: list[Text] = []
    while len(texts) < messages:
        person = _person(dice, len(people))
        people.append(person)
        texts += _talk(dice, person, messages - len(texts), seconds)
    return people, sorted(texts, key=lambda text: (text.at, text.sid))


def _person(dice: random.Random, index: int) -> Person:
    number = number_of(index)
    if dice.random() < _REFUSED:
        return Person(number, refusal=dice.choice(_CODES))
    if dice.random() >= _CUSTOMERS:
        return Person(number)
    # What one owes is one's own, so that a balance which goes to another shows.
    return Person(number, f"{index % 9000 + 1000}", 1000 + index, dice.random() < _PAYERS)


def _talk(dice: random.Random, person: Person, most: int, seconds: float) -> Iterator[Text]:
    bodies = _payment(person) if person.pays else _chat(dice, person)
    gaps = [_gap(dice, person.pays) for _ in bodies]
    at = dice.uniform(0, max(seconds - sum(gaps), 1.0))
    for body, gap in itertools.islice(zip(bodies, gaps, strict=True), most):
        at += gap
        again = dice.uniform(*_AGAIN_AFTER) if dice.random() < _AGAIN else None
        yield Text(at, person.number, body, f"SM{dice.getrandbits(128):032x}", again)


def _payment(person: Person) -> list[str]:
    return ["残高", str(person.digits), "支払い"]


def _chat(dice: random.Random, person: Person) -> list[str]:
    kinds = dice.choices(list(_KINDS), list(_KINDS.values()), k=dice.randint(2, _LONGEST_TALK))
    # It comes last, for what waits behind it is answered later than one can foretell.
    poisoned = [poison.WORD] if dice.random() < _POISONED else []
    return [*(_words(dice, kind, person) for kind in kinds), *poisoned]


def _words(dice: random.Random, kind: str, person: Person) -> str:
    words = {
        "balance": _BALANCE,
        "digits": (person.digits or "1234",),
        "wrong": ("9999", "0000"),
        "help": ("ヘルプ", "HELP"),
        "stop": _STOP,
        "start": _START,
        "yes": ("はい", "YES"),
        "no": ("いいえ", "NO"),
        "language": ("English", "日本語"),
        "pay": ("支払い", "PAY"),
        "person": ("担当者",),
        # As long as texts can be, for whoever reads them slowly.
        "long": (f"{MARK} {'停止しないで ' * 200}", f"{MARK} {'a' * 1500}!"),
        "nonsense": (f"{MARK}-{dice.getrandbits(40):010x}",),
    }
    return dice.choice(words[kind])


def _gap(dice: random.Random, patient: bool) -> float:
    """Seconds to the next text: often some, sometimes none at all."""
    if patient:
        return dice.uniform(1.5, 4.0)
    return dice.choice((0.0, dice.uniform(0.2, 3.0), dice.uniform(3.0, 8.0)))

"""The faults one can switch on, and the decision whether one strikes now; kept in memory only."""

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from bot.text import phone
from handset import refusals

# The parts of a plan that are whole numbers.
MEASURES = ("latency_ms", "retry_after", "late_ms", "early_ms", "hang_ms", "list_lag_ms")
_LONGEST_WAIT_MS = 600_000
_dice = secrets.SystemRandom()


class Fault(StrEnum):
    """What can go wrong at the carrier; the value is the fault's name in the API."""

    UNAUTHORIZED = "unauthorized"  # 401 for whatever is asked
    THROTTLE = "throttle"  # 429, not accepted
    BUSY = "busy"  # 503, not accepted
    ERROR_BEFORE_ACCEPT = "error_before_accept"  # 500, not accepted
    ERROR_AFTER_ACCEPT = "error_after_accept"  # 500, yet accepted
    RESET_BEFORE_ACCEPT = "reset_before_accept"  # connection reset, not accepted
    RESET_AFTER_ACCEPT = "reset_after_accept"  # connection reset, yet accepted
    HANG_BEFORE_ACCEPT = "hang_before_accept"  # silence, then a reset; not accepted
    HANG_AFTER_ACCEPT = "hang_after_accept"  # silence, then a reset; yet accepted
    ACCEPT_LATE = "accept_late"  # accepted after a silence, when the sender may have given up
    HOLD_BEFORE_ACCEPT = "hold_before_accept"  # held until released, then reset; not accepted
    HOLD_AFTER_ACCEPT = "hold_after_accept"  # held until released, then reset; yet accepted
    HOLD_ANSWER = "hold_answer"  # accepted; the true answer comes once it is released
    TRUNCATED = "truncated"  # accepted, but half of the answer is missing
    TRICKLED = "trickled"  # accepted, but the answer comes byte by byte
    UNREADABLE = "unreadable"  # accepted, 201 and a web page
    NO_SID = "no_sid"  # accepted, 201 and an empty object
    LIST_ERROR = "list_error"  # 500 for list and fetch
    UNDELIVERED = "undelivered"  # accepted and sent, but never reaches the phone (30003)
    CALLBACK_EARLY = "callback_early"  # every report comes before the sender has its answer
    CALLBACK_LATE = "callback_late"
    CALLBACK_TWICE = "callback_twice"
    CALLBACK_OUT_OF_ORDER = "callback_out_of_order"
    CALLBACK_NEVER = "callback_never"
    HANG_UP = "hang_up"  # a post of ours is broken off as soon as it is written
    ANSWER_LOST = "answer_lost"  # what a post of ours was answered is lost on its way
    INBOUND_TWICE = "inbound_twice"  # a person's text is brought twice at once
    INBOUND_ONCE = "inbound_once"  # a person's text that is not taken is not brought again


class FaultError(Exception):
    """A fault is unknown or its value makes no sense; the message names it."""


@dataclass(frozen=True)
class Chance:
    """How often a fault strikes: surely the `next` times, after that with probability `rate`."""

    next: int = 0
    rate: float = 0.0


@dataclass(frozen=True)
class Plan:
    """All faults as they are switched on; without arguments nothing goes wrong.

    `latency_ms` slows every answer of the Messages API, half of it before and half after the
    message is accepted; `retry_after` (seconds) comes with a 429; `late_ms` belongs to
    CALLBACK_LATE, `early_ms` to CALLBACK_EARLY, `hang_ms` to the silences and to TRICKLED. A
    message is listed once it is `list_lag_ms` old. `blocked` numbers are refused with 21610, those
    in `refused` with the code that stands there.
    """

    latency_ms: int = 0
    retry_after: int = 1
    late_ms: int = 5000
    early_ms: int = 300
    hang_ms: int = 12_000
    list_lag_ms: int = 0
    blocked: frozenset[str] = frozenset()
    refused: Mapping[str, int] = field(default_factory=dict)
    chances: Mapping[Fault, Chance] = field(default_factory=dict)

    def chance(self, fault: Fault) -> Chance:
        """How often this fault strikes."""
        return self.chances.get(fault, Chance())


class Faults:
    """The plan in force, shared by all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.plan = Plan()

    def change(self, wishes: Mapping[str, object]) -> Plan:
        """Change what is named, leave the rest; raises FaultError and then changes nothing."""
        with self._lock:
            plan = self.plan
            for name, value in wishes.items():
                plan = _changed(plan, name, value)
            self.plan = plan
            return plan

    def reset(self) -> Plan:
        """Switch every fault off."""
        with self._lock:
            self.plan = Plan()
            return self.plan

    def strikes(self, fault: Fault) -> bool:
        """Decide whether the fault happens now, and count it."""
        with self._lock:
            chance = self.plan.chance(fault)
            if chance.next == 0:
                return chance.rate > 0 and _dice.random() < chance.rate
            spent = {fault: replace(chance, next=chance.next - 1)}
            self.plan = replace(self.plan, chances={**self.plan.chances, **spent})
            return True


def _changed(plan: Plan, name: str, value: object) -> Plan:
    match name:
        case _ if name in MEASURES:
            measure: dict[str, Any] = {name: _whole(name, value)}
            return replace(plan, **measure)
        case "blocked":
            return replace(plan, blocked=_numbers(value))
        case "refused":
            return replace(plan, refused=_refused(value))
        case _ if name in set(Fault):
            return replace(plan, chances={**plan.chances, Fault(name): _chance(name, value)})
    raise FaultError(f"there is no fault called {name}")


def _whole(name: str, value: object) -> int:
    if type(value) is not int or not 0 <= value <= _LONGEST_WAIT_MS:
        raise FaultError(f"{name} must be a whole number from 0 to {_LONGEST_WAIT_MS}")
    return value


def _numbers(value: object) -> frozenset[str]:
    if not isinstance(value, list):
        raise FaultError("blocked must be a list of phone numbers")
    return frozenset(_number("blocked", each) for each in value)


def _refused(value: object) -> Mapping[str, int]:
    if not isinstance(value, dict) or not all(map(_is_refusal, value.values())):
        known = ", ".join(map(str, sorted(refusals.OF_NUMBERS)))
        raise FaultError(f"refused must map phone numbers to codes, which are {known}")
    return {_number("refused", each): code for each, code in value.items()}


def _is_refusal(code: object) -> bool:
    return type(code) is int and code in refusals.OF_NUMBERS


def _number(name: str, value: object) -> str:
    number = phone.parse(value) if isinstance(value, str) else None
    if number is None:
        raise FaultError(f"{name} holds something that is no phone number")
    return number


def _chance(name: str, value: object) -> Chance:
    if not isinstance(value, dict) or not set(value) <= {"next", "rate"}:
        raise FaultError(f'{name} must be such as {{"next": 1}} or {{"rate": 0.1}}')
    rate = value.get("rate", 0.0)
    if type(rate) not in (int, float) or not 0 <= rate <= 1:
        raise FaultError(f"{name}: rate must be a number from 0 to 1")
    return Chance(_whole(f"{name}: next", value.get("next", 0)), float(rate))

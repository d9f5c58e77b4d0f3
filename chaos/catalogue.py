"""Every fault by its name: how long it may last, and for a carrier's fault what to ask of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Carrier:
    """A carrier on a bad day: what to switch on while it lasts (seconds, from and to)."""

    wishes: Mapping[str, Any]
    lasts: tuple[float, float] = (3.0, 6.0)


@dataclass(frozen=True)
class Break:
    """Something of ours, or beside us, that breaks, and comes back after `lasts` seconds; `often`
    is how often it happens beside others."""

    lasts: tuple[float, float] = (0.2, 2.5)
    often: int = 1


def _at(rate: float) -> dict[str, float]:
    return {"rate": rate}


_LOST = {"reset_after_accept": _at(0.3)}

CARRIER: Mapping[str, Carrier] = {
    "throttle": Carrier({"throttle": _at(0.5), "retry_after": 2}),
    "busy": Carrier({"busy": _at(0.5)}),
    "error before accept": Carrier({"error_before_accept": _at(0.4)}),
    "error after accept": Carrier({"error_after_accept": _at(0.4)}),
    "reset before accept": Carrier({"reset_before_accept": _at(0.4)}),
    "reset after accept": Carrier({"reset_after_accept": _at(0.4)}),
    "hang before accept": Carrier({"hang_before_accept": _at(0.1)}),
    "hang after accept": Carrier({"hang_after_accept": _at(0.1)}),
    "accept late": Carrier({"accept_late": _at(0.1)}),
    "half an answer": Carrier({"truncated": _at(0.4)}),
    "answer byte by byte": Carrier({"trickled": _at(0.1), "hang_ms": 12_000}),
    "answer longer than a lease": Carrier({"trickled": _at(0.1), "hang_ms": 25_000}),
    "unreadable answer": Carrier({"unreadable": _at(0.4)}),
    "answer without SID": Carrier({"no_sid": _at(0.4)}),
    "locked out": Carrier({"unauthorized": _at(1.0)}, (1.0, 2.0)),
    "list fails": Carrier({"list_error": _at(0.7), "callback_never": _at(0.5), **_LOST}),
    "list lags": Carrier({"list_lag_ms": 6000, "callback_never": _at(0.5), **_LOST}),
    "slow": Carrier({"latency_ms": 1500}),
    "undelivered": Carrier({"undelivered": _at(0.3)}),
    "reports early": Carrier({"callback_early": _at(0.6)}),
    "reports late": Carrier({"callback_late": _at(0.5), "late_ms": 4000}),
    "reports twice": Carrier({"callback_twice": _at(0.6)}),
    "reports reversed": Carrier({"callback_out_of_order": _at(0.6)}),
    "no reports": Carrier({"callback_never": _at(0.8)}),
    "no reports and no answers": Carrier({"callback_never": _at(1.0), **_LOST}),
    "texts twice at once": Carrier({"inbound_twice": _at(0.6)}),
    "hangs up on us": Carrier({"hang_up": _at(0.5)}),
    "our answers lost": Carrier({"answer_lost": _at(0.5)}),
    "texts brought once": Carrier({"inbound_once": _at(1.0)}),
}
# Ended by SIGKILL; the last three at the moment of a POST.
KILLS: Mapping[str, Break] = {
    "kill web": Break(),
    "kill web parent": Break(),
    "kill web child": Break(),
    "kill web in a text": Break(),
    "kill worker": Break(often=2),
    "kill worker-2": Break(often=2),
    "kill clock": Break(),
    "kill before accept": Break(often=3),
    "kill after accept": Break(often=3),
    "kill before mark": Break(often=3),
}
OTHERS: Mapping[str, Break] = {
    "carrier down": Break((2.0, 15.0)),
    "freeze worker": Break((2.0, 8.0)),
    "freeze worker past its lease": Break((22.0, 26.0)),
    "freeze web child": Break((2.0, 6.0)),
    "freeze clock": Break((3.0, 15.0)),
    "deploy": Break(),
    "valkey killed": Break((1.0, 4.0)),
    "valkey stopped": Break((0.5, 3.0)),
    "valkey emptied": Break((0.2, 2.0)),
    "valkey flushed": Break(),
    "valkey frozen": Break((2.0, 5.0)),
    "valkey full": Break((2.0, 5.0)),
    "database stopped": Break((1.0, 4.0)),
    "database stopped at once": Break((1.0, 4.0)),
    "database killed": Break((0.5, 2.0)),
    "database connections cut": Break(),
    "database frozen": Break((2.0, 6.0)),
    "database full": Break((0.5, 2.0)),
    "clock ahead": Break((8.0, 12.0)),
    "clock behind": Break((8.0, 12.0)),
}
EVERY = (*CARRIER, *KILLS, *OTHERS)

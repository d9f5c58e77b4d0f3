"""One attempt to send a message: what was claimed for it, and what came of it."""

from dataclasses import dataclass

from bot.providers.codes import Whose

# How long a claim holds; whoever claims a message begins to send it at once, or gives it back.
LEASE_S = 20
START_WITHIN_S = 1.5


@dataclass(frozen=True)
class Claimed:
    """A message that this process alone may send while its lease lasts; `token` proves it.

    `leased_until` is when that is, in seconds of this process's monotonic clock, and `valid_for`
    how many seconds it is of use. `last_code` is what the attempt before ended with. `probes` names
    the open circuits that this message is to try.
    """

    id: int
    token: str
    attempt: int
    sender: str
    recipient: str
    body: str
    segments: int
    valid_for: int
    leased_until: float
    last_code: int | None = None
    script_key: str = ""
    probes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """What came of one attempt: the new status, with the provider's id or the reason.

    `retry_in` is in seconds. `given_back` says that nothing was tried, `opted_out` that the
    provider holds a STOP of this person. `whose` tells whose trouble a failure is, `alert` that a
    person of the company must look, and `pause_s` for how many seconds all that shares the trouble
    should wait (0: it need not). `asked_s` is for how long the provider asked us to wait. `mutes`
    says that the provider cut the conversation off, `uncounted` that this was no attempt as far as
    their number is bounded.
    """

    message: Claimed
    status: str
    provider: str
    provider_sid: str | None = None
    reason: str | None = None
    error_code: int | None = None
    retry_in: float = 0
    given_back: bool = False
    opted_out: bool = False
    whose: Whose | None = None
    alert: bool = False
    pause_s: float = 0
    asked_s: float = 0
    mutes: bool = False
    uncounted: bool = False

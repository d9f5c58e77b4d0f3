"""What an error means for a message: tried again and when, looked up, or failed for good."""

import random

from bot.errors import (
    Misconfigured,
    OptedOut,
    Refused,
    SendError,
    Throttled,
    Uncertain,
    Unexplained,
    Unreachable,
)
from bot.messaging.sending.attempts import Claimed, Result
from bot.providers import codes
from bot.providers.codes import Action, Rule, Whose

MOST_ATTEMPTS = 12
LONGEST_BACKOFF_S = 300.0
# From this attempt on, all are that far apart.
SELDOM_FROM = 9
LOOK_UP_AFTER_S = 2.0
# An account or sender that is set up wrongly is mended by a person, in minutes rather than seconds.
MEND_S = 60.0
LONGEST_REASON = 200


def outcome(provider: str, message: Claimed, error: SendError) -> Result:
    """The result of an attempt that ended in an error.

    What may have been accepted is looked up, and sent again only where it is surely absent. What
    was not is tried again while it is of use, and twelve times at the most, but for requests that
    never reached the provider or came too fast; a final error ends it.
    """
    rule = _rule(provider, error)
    status, retry_in = _next(message, error, rule)
    reason = str(error)
    if status == "queued" and retry_in > message.valid_for:
        status, retry_in = "failed", 0.0
        reason = f"too old by the time of the next attempt: {reason}"
    return Result(
        message,
        status,
        provider,
        reason=reason[:LONGEST_REASON],
        error_code=error.code,
        retry_in=retry_in,
        opted_out=isinstance(error, OptedOut),
        whose=rule.whose,
        alert=rule.alert,
        pause_s=(rule.wait or MEND_S) if rule.pause else 0.0,
        asked_s=error.retry_after or 0.0,
        mutes=rule.do is Action.MUTE,
        uncounted=_is_uncounted(message, error, rule),
    )


def _next(message: Claimed, error: SendError, rule: Rule) -> tuple[str, float]:
    """The new status, and the seconds to wait."""
    if isinstance(error, Uncertain):
        return "unknown", LOOK_UP_AFTER_S
    if isinstance(error, Unreachable):
        return "queued", backoff(message.attempt - 1, error.retry_after)
    if isinstance(error, Refused) or _was_the_last(message, error, rule):
        return "failed", 0.0
    if isinstance(error, Misconfigured):
        return "queued", _spread(error.retry_after or MEND_S)
    return "queued", backoff(message.attempt, error.retry_after)


def _is_uncounted(message: Claimed, error: SendError, rule: Rule) -> bool:
    """Whether the request never arrived, or came too fast and is as seldom as it gets by now: that
    uses up no attempt, so that there are some for what goes wrong later."""
    too_fast = _is_too_fast(error, rule) and message.attempt >= SELDOM_FROM
    return too_fast or isinstance(error, Unreachable)


def _is_too_fast(error: SendError, rule: Rule) -> bool:
    """Whether a rate of ours was exceeded, and not only this message cannot be had now."""
    return isinstance(error, Throttled) and rule.whose in {Whose.ACCOUNT, Whose.SENDER}


def _was_the_last(message: Claimed, error: SendError, rule: Rule) -> bool:
    if message.attempt >= MOST_ATTEMPTS and not _is_too_fast(error, rule):
        return True
    repeated = message.last_code == error.code and message.attempt > 1
    return repeated and rule.tries is not None and message.attempt > rule.tries


def backoff(attempt: int, wish: float | None = None) -> float:
    """Seconds to wait: from half of 2^attempt up to all of it, or what the provider asks for.

    With full jitter, twelve attempts could be over in a few minutes.
    """
    longest = min(2.0**attempt, LONGEST_BACKOFF_S)
    return max(longest * random.uniform(0.5, 1.0), _spread(wish or 0.0))  # noqa: S311 - not a secret


def _spread(seconds: float) -> float:
    """So many seconds and up to a tenth more, so that not all come back at one moment."""
    return seconds * random.uniform(1.0, 1.1)  # noqa: S311 - not a secret


def _rule(provider: str, error: SendError) -> Rule:
    """The table's rule, and where the error came without a code of the provider's, our own."""
    known = codes.rules(provider).get(error.code or 0)
    if known is not None and not isinstance(error, Uncertain | Unreachable):
        return known
    if isinstance(error, Misconfigured):
        return Rule(0, Action.WAIT, str(error), Whose.ACCOUNT, alert=True, pause=True)
    if isinstance(error, Throttled | Unreachable | Uncertain):
        return Rule(0, Action.RETRY, str(error), Whose.ACCOUNT)
    tries = 1 if isinstance(error, Unexplained) else None
    return Rule(0, Action.FAIL, str(error), Whose.MESSAGE, tries=tries)

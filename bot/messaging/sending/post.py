"""One attempt to hand a message to the provider, and what its outcome means for the message."""

import random
import time

from bot.errors import (
    Misconfigured,
    OptedOut,
    Refused,
    SendError,
    Uncertain,
    Unexplained,
)
from bot.messaging.sending.claim import Claimed, Result
from bot.providers import Outgoing, Post, Provider
from bot.providers.wire import LONGEST_S

MOST_ATTEMPTS = 12
LONGEST_BACKOFF_S = 300.0
LOOK_UP_AFTER_S = 2.0
# As long as a request may last.
POST_TAKES_S = LONGEST_S
# An account or sender that is set up wrongly is mended by a person, in minutes rather than seconds.
MEND_S = 60.0


async def attempt(provider: Provider, post: Post, message: Claimed) -> Result:
    """Send once; every outcome, even a bug in the provider's code, becomes a result.

    Nothing is sent where the lease could end before the answer: a process that was frozen since it
    claimed the message cannot know who else has sent it.
    """
    if message.leased_until - time.monotonic() < POST_TAKES_S:
        return Result(message, "queued", provider.name, reason="claimed too long ago to be sent")
    outgoing = Outgoing(
        message.id, message.sender, message.recipient, message.body, message.valid_for
    )
    try:
        sid = await provider.send(outgoing, post)
    except SendError as error:
        return _outcome(provider, message, error)
    except Exception as error:  # a bug must not lose the message: whether it left is unknown
        return _outcome(provider, message, Uncertain(f"unexpected {type(error).__name__}"))
    return Result(message, "sent", provider.name, provider_sid=sid)


def _outcome(provider: Provider, message: Claimed, error: SendError) -> Result:
    """The new status after an error: never sent again where it may have been accepted."""
    if isinstance(error, Uncertain):
        status, retry_in = "unknown", LOOK_UP_AFTER_S
    elif isinstance(error, Misconfigured):
        status, retry_in = "queued", MEND_S
    elif isinstance(error, Refused) or message.attempt >= _most_attempts(error):
        status, retry_in = "failed", 0.0
    else:
        status, retry_in = "queued", _backoff(message.attempt, error)
    return Result(
        message,
        status,
        provider.name,
        reason=str(error)[:200],
        error_code=error.code,
        retry_in=retry_in,
        opted_out=isinstance(error, OptedOut),
    )


def _most_attempts(error: SendError) -> int:
    return 2 if isinstance(error, Unexplained) else MOST_ATTEMPTS


def _backoff(attempt: int, error: SendError) -> float:
    """Seconds to wait: full jitter below 2^attempt, at least what the provider asks for."""
    jitter = random.uniform(0, min(2.0**attempt, LONGEST_BACKOFF_S))  # noqa: S311 - not a secret
    return max(jitter, error.retry_after or 0.0)

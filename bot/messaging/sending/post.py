"""One attempt to hand a message to the provider."""

import time

from bot.errors import SendError, Uncertain
from bot.messaging.sending.attempts import LEASE_S, START_WITHIN_S, Claimed, Result
from bot.messaging.sending.outcome import outcome
from bot.providers import Outgoing, Post, Provider

GIVEN_BACK_FOR_S = 0.5


async def attempt(provider: Provider, post: Post, message: Claimed) -> Result:
    """Send once; every outcome, even a bug in the provider's code, becomes a result.

    Nothing is sent that was claimed a while ago: a process that was frozen since cannot know who
    else has sent it, and whoever stops a conversation waits for what was claimed just before.
    """
    if time.monotonic() > message.leased_until - LEASE_S + START_WITHIN_S:
        return Result(message, "queued", provider.name, given_back=True, retry_in=GIVEN_BACK_FOR_S)
    outgoing = Outgoing(
        message.id, message.sender, message.recipient, message.body, message.valid_for
    )
    try:
        sid = await provider.send(outgoing, post)
    except SendError as error:
        return outcome(provider.name, message, error)
    except Exception as error:  # a bug must not lose the message: whether it left is unknown
        return outcome(provider.name, message, Uncertain(f"unexpected {type(error).__name__}"))
    return Result(message, "sent", provider.name, provider_sid=sid)

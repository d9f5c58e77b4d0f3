"""The delivery statuses in the order in which they climb."""

# https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
# No two are equal, so that the same reports end in the same status in whatever order they come: a
# phone that has the message after all outweighs a carrier that gave it up. Inbound texts alone are
# receiving and received; those climb nowhere, as do words that Twilio has not thought of yet.
_ORDER = (
    "scheduled",
    "accepted",
    "queued",
    "sending",
    "sent",
    "canceled",
    "failed",
    "undelivered",
    "partially_delivered",
    "delivered",
    "read",
)
RANK = {status: rank for rank, status in enumerate(_ORDER)}

FAILED = frozenset({"failed", "undelivered"})
ARRIVED = frozenset({"delivered", "read"})
# After these nothing more is expected, though a later one may still come.
FINAL = FAILED | ARRIVED | {"canceled", "partially_delivered"}


def rank(status: str | None) -> int:
    """How high a status stands; -1 for none and for one that is not known."""
    return RANK.get(status or "", -1)

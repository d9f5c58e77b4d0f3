"""What every provider's door does with single fields: read numbers, refuse the rest."""

from typing import NoReturn

import structlog
from flask import abort

from bot.text import mask

# What the columns hold.
LONGEST_SID = 128
LONGEST_STATUS = 32
LARGEST_CODE = 2**31 - 1

log = structlog.get_logger(__name__)


def refuse(status: int, why: str, sender: str, body: str) -> NoReturn:
    """Say in the log, masked, what was understood of a request, and refuse it."""
    log.warning("webhook.refused", why=why, sender=mask.number(sender), body=mask.text(body))
    abort(status)

"""How often somebody may try to sign in: counted for each account and for each address."""

from bot import limits
from bot.limits import Limit, Room
from bot.runtime import Runtime
from pages import protection

# OWASP ASVS 6.3.1. Tries of one account, right or wrong; a right one begins the count afresh.
ACCOUNT = Limit("console_sign_ins", 10, 15 * 60)
# Wrong ones from one address: a whole office may share it, and signs in at nine.
ADDRESS = Limit("console_guesses", 50, 15 * 60)
# Codes of an account, once the password was right.
CODES = Limit("console_codes", 10, 15 * 60)


def problem(runtime: Runtime, limit: Limit, who: str) -> str | None:
    """Count one more try: `locked` where it is one too many, `busy` where that cannot be told."""
    rooms = (limits.spend(runtime, limit, who), limits.room(runtime, ADDRESS, _here()))
    if Room.NONE in rooms:
        return "locked"
    return "busy" if Room.UNKNOWN in rooms else None


def was_wrong(runtime: Runtime) -> None:
    """Count a wrong try against the address."""
    limits.spend(runtime, ADDRESS, _here())


def was_right(runtime: Runtime, limit: Limit, who: str) -> None:
    """Forget the tries of an account."""
    limits.forget(runtime, limit, who)


def _here() -> str:
    return protection.visitor()

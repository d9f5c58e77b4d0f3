"""A sign-in that is half done: the password was right, the second factor is still to come."""

import time
from dataclasses import dataclass

from flask import session

from console.signing_in import security
from console.signing_in.user import User

WITHIN_S = 10 * 60
KEY = "half"


@dataclass(frozen=True)
class Half:
    """Whose sign-in it is, where they wanted to go, and the secret they are setting up, if any.

    `anew`: they gave their second factor before, and set up another in its place.
    """

    user: User
    wanted: str
    secret: str | None = None
    anew: bool = False


def begin(user: User, wanted: str, *, anew: bool = False) -> None:
    """Remember, in the browser's signed session, that a member knew their password."""
    session.clear()
    session[KEY] = {"who": user.fs_uniquifier, "at": time.time(), "wanted": wanted, "anew": anew}


def current(has_second_factor: bool) -> Half | None:
    """The sign-in at hand; None where there is none, it took too long, or it is at another step."""
    kept = session.get(KEY)
    if not kept or time.time() - kept["at"] > WITHIN_S:
        return None
    user = security.of_uniquifier(kept["who"])
    anew = bool(kept.get("anew"))
    if user is None or not user.active:
        return None
    if (user.has_second_factor and not anew) is not has_second_factor:
        return None
    return Half(user, kept["wanted"], kept.get("secret"), anew)


def keep_secret(secret: str) -> None:
    """Remember the encrypted secret that is being set up."""
    session[KEY] = {**session[KEY], "secret": secret}
